package metaemu

// missing is what the protocol notes describe and the emulator does not answer:
// such a call gets code 100 with subcode 33, and on an object that is there it
// says that it is not emulated. A line leaves when its edge comes; a test sees to it.
var missing = []struct{ methods, path, source, because string }{
	{"POST", "/{phone-number-id}?pin", "cloud-api-protocol §7.1", accountsToCome},
	{"POST", "/{phone-number-id}?search_visibility", "cloud-api-protocol §7.1", accountsToCome},
	{"POST", "/{phone-number-id}?new_display_name", "cloud-api-protocol §7.1", accountsToCome},
	{"POST", "/{phone-number-id}/request_code", "cloud-api-protocol §7.2", "no part of Coexistence: the number is registered by the phone"},
	{"POST", "/{phone-number-id}/verify_code", "cloud-api-protocol §7.2", "no part of Coexistence: the number is registered by the phone"},
	{"POST", "/{waba-id}/phone_numbers", "cloud-api-protocol §7.2", "numbers come by Embedded Signup or from a test"},
	{"GET POST", "/{phone-number-id}/whatsapp_business_profile", "cloud-api-protocol §7.3", accountsToCome},
	{"GET POST", "/{phone-number-id}/settings", "cloud-api-protocol §7.4", accountsToCome},
	{"GET POST DELETE", "/{phone-number-id}/block_users", "cloud-api-protocol §7.5", accountsToCome},
	{"GET POST", "/{phone-number-id}/message_qrdls", "cloud-api-protocol §7.6", accountsToCome},
	{"GET DELETE", "/{phone-number-id}/message_qrdls/{code}", "cloud-api-protocol §7.6", accountsToCome},
	{"POST", "/{phone-number-id}/conversational_automation", "cloud-api-protocol §7.7", accountsToCome},
	{"GET POST DELETE", "/{phone-number-id}/username", "cloud-api-protocol §7.8", accountsToCome},
	{"GET", "/{phone-number-id}/username_suggestions", "cloud-api-protocol §7.8", accountsToCome},
	{"GET", "/{business-id}/owned_whatsapp_business_accounts", "cloud-api-protocol §7.9", accountsToCome},
	{"GET", "/{business-id}/client_whatsapp_business_accounts", "cloud-api-protocol §7.9", accountsToCome},
	{"GET POST DELETE", "/{waba-id}/assigned_users", "cloud-api-protocol §7.9", accountsToCome},
	{"GET", "/{waba-id}/activities", "cloud-api-protocol §7.9", formUnknown},
	{"GET", "/{waba-id}/solutions", "cloud-api-protocol §7.9", formUnknown},
	{"GET", "/{waba-id}/schedules", "cloud-api-protocol §7.9", formUnknown},
	{"GET POST", "/{phone-number-id}/whatsapp_commerce_settings", "cloud-api-protocol §7.9", accountsToCome},
	{"GET POST", "/{phone-number-id}/whatsapp_business_encryption", "cloud-api-protocol §7.9", accountsToCome},
	{"GET POST", "/{phone-number-id}/business_compliance_info", "cloud-api-protocol §7.9", formUnknown},
	{"GET", "/{phone-number-id}/message_history", "cloud-api-protocol §7.9", formUnknown},
	{"GET", "/{message-history-id}/events", "cloud-api-protocol §7.9", formUnknown},
}

const (
	accountsToCome = "what a business sets up beside its messages is not held yet"
	formUnknown    = "its form is known from a list of names only"
)
