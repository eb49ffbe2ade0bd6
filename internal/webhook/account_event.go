package webhook

// accountEvents are the values of account_update's event that Meta documents
// (cloud-api-protocol §5.8, coexistence-protocol §4.8, read 2026-11-22). The set
// is open: another one is kept all the same, and noted.
var accountEvents = map[string]bool{
	"ACCOUNT_DELETED": true, "ACCOUNT_RESTRICTION": true, "ACCOUNT_VIOLATION": true, "AD_ACCOUNT_LINKED": true,
	"AUTH_INTL_PRICE_ELIGIBILITY_UPDATE": true, "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE": true, "DISABLED_UPDATE": true,
	"MM_LITE_TERMS_SIGNED": true, "PARTNER_ADDED": true, "PARTNER_APP_INSTALLED": true, "PARTNER_APP_UNINSTALLED": true,
	"PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE": true, "PARTNER_REMOVED": true, "VOLUME_BASED_PRICING_TIER_UPDATE": true,
	"ACCOUNT_OFFBOARDED": true, "ACCOUNT_RECONNECTED": true, "VERIFIED_ACCOUNT": true,
}

// preferences are the wishes Meta documents (cloud-api-protocol §5.7).
var preferences = map[string]bool{"stop": true, "resume": true, "signup": true}
