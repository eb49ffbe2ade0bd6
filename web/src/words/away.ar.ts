import type { Words } from './en'

/** The Arabic words of why a number is away, and of what brings it back. */
export const awayAr: Words['away'] = {
  why: {
    PRIMARY_INACTIVITY: 'فصله واتساب: لم يُفتح التطبيق على الهاتف نحو 14 يومًا.',
    COMPANION_INACTIVITY: 'فصله واتساب: لم يُستعمل الاتصال نحو 30 يومًا.',
    BUSINESS_DOWNGRADE: 'منفصل: نُقل الرقم إلى تطبيق واتساب الشخصي.',
    CHANGE_NUMBER: 'منفصل: غُيّر الرقم في التطبيق.',
    USER_RE_REGISTERED: 'منفصل: أُعدّ الرقم على هاتف آخر.',
    ACCOUNT_DISCONNECTED: 'منفصل: أُغلق حساب واتساب أو حُظر.',
    PARTNER_REMOVED: 'منفصل: أُنهي الاتصال من التطبيق أو من الإعدادات لدى Meta. لم تذكر Meta السبب.',
    PARTNER_APP_UNINSTALLED: 'منفصل: أُزيل إذننا من الإعدادات لدى Meta.',
    ACCOUNT_DELETED: 'منفصل: حُذف حساب واتساب للأعمال.',
  },
  todo: {
    sign_up_again: 'اربط الرقم من جديد. كل ما هو هنا يبقى.',
    return_to_business_app: 'أعِدّ الرقم في تطبيق واتساب للأعمال، ثم اربطه من جديد. كل ما هو هنا يبقى.',
    sign_up_new_number: 'اربط الرقم الجديد. كل ما هو هنا يبقى.',
    check_account_at_meta: 'انظر في مدير واتساب ما تطلبه Meta، ثم اربط الرقم من جديد. كل ما هو هنا يبقى.',
  },
}
