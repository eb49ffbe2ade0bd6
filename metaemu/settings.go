package metaemu

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"wasl/metaemu/wire"
)

// storage is where a number's messages are kept; without a region at Meta's usual
// place.
type storage struct{ region string }

// getSettings is GET /{phone-number-id}/settings (§7.4).
func (e *Emulator) getSettings(_ *call, n *number) answer {
	s := e.setupOf(n)
	var o, encryption, kept wire.Object
	o.Raw("calling", orRaw(s.calling, []byte(`{"status":"DISABLED"}`))).Obj("payload_encryption", encryption.Str("status", "DISABLED"))
	kept.Str("status", "DEFAULT")
	if s.storage.region != "" {
		kept = wire.Object{}
		kept.Str("status", "IN_COUNTRY_STORAGE_ENABLED").Str("data_localization_region", s.storage.region)
	}
	o.Obj("storage_configuration", &kept)
	if e.sending.numbers[n.ID].IdentityCheck {
		var identity wire.Object
		o.Obj("user_identity_change", identity.Bool("enable_identity_key_check", true))
	}
	return answer{http: http.StatusOK, body: o.Bytes()}
}

func orRaw(raw, def []byte) []byte {
	if len(raw) == 0 {
		return def
	}
	return raw
}

// setSettings is POST /{phone-number-id}/settings: one object at a time.
func (e *Emulator) setSettings(c *call, n *number) answer {
	var named []string
	for _, name := range []string{"calling", "payload_encryption", "storage_configuration", "user_identity_change"} {
		if c.query(name) != "" {
			named = append(named, name)
		}
	}
	if len(named) != 1 {
		return e.refuse(badParameter("Exactly one of calling, payload_encryption, storage_configuration and user_identity_change can be specified per request."))
	}
	raw := []byte(c.query(named[0]))
	var f *failure
	switch named[0] {
	case "calling":
		f = e.setCalling(c, n, raw)
	case "user_identity_change":
		f = e.setIdentityCheck(n, raw)
	case "storage_configuration":
		f = e.setStorage(n, raw)
	default:
		f = setEncryption(c, raw)
	}
	if f != nil {
		return e.refuse(f)
	}
	return success
}

// setIdentityCheck governs the check that sending and receiving make.
func (e *Emulator) setIdentityCheck(n *number, raw []byte) *failure {
	var in struct {
		Check *bool `json:"enable_identity_key_check"`
	}
	if json.Unmarshal(raw, &in) != nil || in.Check == nil {
		return badParameter("Param user_identity_change['enable_identity_key_check'] must be a boolean.")
	}
	r := e.sending.numbers[n.ID]
	r.IdentityCheck = *in.Check
	e.sending.numbers[n.ID] = r
	return nil
}

func (e *Emulator) setStorage(n *number, raw []byte) *failure {
	var in struct {
		Status string `json:"status"`
		Region string `json:"data_localization_region"`
	}
	if json.Unmarshal(raw, &in) != nil {
		return badParameter("Param storage_configuration must be an object.")
	}
	switch {
	case in.Status == "DEFAULT":
		e.setupOf(n).storage = storage{}
	case in.Status != "IN_COUNTRY_STORAGE_ENABLED":
		return badParameter("Param storage_configuration['status'] must be one of {DEFAULT, IN_COUNTRY_STORAGE_ENABLED}")
	case !slices.Contains(strings.Fields(regions), in.Region):
		return badParameter("Param storage_configuration['data_localization_region'] must be one of {" + strings.ReplaceAll(regions, " ", ", ") + "}")
	default:
		e.setupOf(n).storage = storage{region: in.Region}
	}
	return nil
}

// setCalling keeps what is set and tells it (§5.7). A Coexistence number has no
// calls over the API (coexistence-protocol §6.4).
func (e *Emulator) setCalling(c *call, n *number, raw []byte) *failure {
	var in struct {
		Status string `json:"status"`
	}
	if json.Unmarshal(raw, &in) != nil || !slices.Contains([]string{"ENABLED", "DISABLED"}, strings.ToUpper(in.Status)) {
		return badParameter("Param calling['status'] must be one of {ENABLED, DISABLED}")
	}
	if n.Coexistence && strings.ToUpper(in.Status) == "ENABLED" {
		return fail(100, "Calling is not available on a number that is used with the WhatsApp Business app.")
	}
	s := e.setupOf(n)
	s.calling = compact(raw)
	var o, which wire.Object
	which.Str("phone_number_id", n.ID).Raw("calling", s.calling)
	o.Str("messaging_product", "whatsapp").Int("timestamp", c.arrived.Unix()).Str("type", "PHONE_NUMBER_SETTINGS").Obj("phone_number_settings", &which)
	e.tell(n, update{entry: n.waba.ID, time: c.arrived, field: "account_settings_update", value: o.Bytes()}, c.arrived)
	return nil
}

// setEncryption takes only what leaves messages as they are: the emulator
// encrypts none.
func setEncryption(c *call, raw []byte) *failure {
	var in struct {
		Status string `json:"status"`
	}
	switch {
	case json.Unmarshal(raw, &in) != nil || !slices.Contains([]string{"ENABLED", "DISABLED"}, strings.ToUpper(in.Status)):
		return badParameter("Param payload_encryption['status'] must be one of {ENABLED, DISABLED}")
	case strings.ToUpper(in.Status) == "ENABLED":
		return notEmulated(c.method, "/"+c.node+"/settings with payload_encryption")
	}
	return nil
}

// shortHash names something by its content.
func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:12])
}
