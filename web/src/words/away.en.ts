/** The English words of why a number is away, by Meta's reason or event, and of what brings it back. */
export const awayEn = {
  why: {
    PRIMARY_INACTIVITY: 'Disconnected by WhatsApp: the app was not opened on the phone for about 14 days.',
    COMPANION_INACTIVITY: 'Disconnected by WhatsApp: the connection was not used for about 30 days.',
    BUSINESS_DOWNGRADE: 'Disconnected: the number was moved to the personal WhatsApp app.',
    CHANGE_NUMBER: 'Disconnected: the number was changed in the app.',
    USER_RE_REGISTERED: 'Disconnected: the number was set up on another phone.',
    ACCOUNT_DISCONNECTED: 'Disconnected: the WhatsApp account was closed or blocked.',
    PARTNER_REMOVED: 'Disconnected: it was ended in the app or in the settings at Meta. Meta did not say why.',
    PARTNER_APP_UNINSTALLED: 'Disconnected: our access was removed in the settings at Meta.',
    ACCOUNT_DELETED: 'Disconnected: the WhatsApp Business account was deleted.',
  } as Record<string, string>,
  todo: {
    sign_up_again: 'Connect the number again. Everything that is here stays.',
    return_to_business_app: 'Set the number up in the WhatsApp Business app, then connect it again. Everything that is here stays.',
    sign_up_new_number: 'Connect the new number. Everything that is here stays.',
    check_account_at_meta: 'See in WhatsApp Manager what Meta asks for, then connect the number again. Everything that is here stays.',
  } as Record<string, string>,
}
