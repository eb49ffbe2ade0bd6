package metaemu

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"slices"
	"strings"

	"wasl/metaemu/wire"
)

// commerce is whether a catalogue and a cart are shown; absent members are as at
// the beginning: a cart, and no catalogue.
type commerce struct {
	id            string
	noCart, shown bool
}

// businessEdges are settings of a number that no message depends on.
func businessEdges() []edge {
	on := func(method, name, fields string, codes []int, do func(*Emulator, *call, *number) answer) edge {
		return edge{on: "number", method: method, name: name, fields: fields, codes: codes, source: "cloud-api-protocol §7.9", do: ofNumber(do)}
	}
	const key, compliance = "business_public_key", "entity_name entity_type entity_type_custom is_registered grievance_officer_details customer_care_details"
	return []edge{
		on("GET", "whatsapp_commerce_settings", "id is_cart_enabled is_catalog_visible", nil, (*Emulator).getCommerce),
		on("POST", "whatsapp_commerce_settings", "is_cart_enabled is_catalog_visible", []int{100}, (*Emulator).setCommerce),
		on("GET", "whatsapp_business_encryption", key+" business_public_key_signature_status", nil, (*Emulator).getKey),
		on("POST", "whatsapp_business_encryption", key, []int{100}, (*Emulator).setKey),
		on("GET", "business_compliance_info", "messaging_product "+compliance, nil, (*Emulator).getCompliance),
		on("POST", "business_compliance_info", "messaging_product "+compliance, []int{100}, (*Emulator).setCompliance),
	}
}

func (e *Emulator) getCommerce(c *call, n *number) answer {
	k := &e.setupOf(n).commerce
	if k.id == "" {
		k.id = e.nodeID("commerce")
	}
	var item, o wire.Object
	item.Str("id", k.id).Bool("is_cart_enabled", !k.noCart).Bool("is_catalog_visible", k.shown)
	return answer{http: http.StatusOK, body: o.List("data", chosen(item.Bytes(), c.query("fields"))).Bytes()}
}

// chosen is an element of a list with the fields asked for, or with all.
func chosen(item []byte, fields string) []byte {
	if fields == "" {
		return item
	}
	return prune(item, fields)
}

func (e *Emulator) setCommerce(c *call, n *number) answer {
	cart, catalog := c.query("is_cart_enabled"), c.query("is_catalog_visible")
	for _, name := range []string{"is_cart_enabled", "is_catalog_visible"} {
		if v := c.query(name); v != "" && v != "true" && v != "false" {
			return e.refuse(badParameter("Param " + name + " must be a boolean."))
		}
	}
	k := &e.setupOf(n).commerce
	if cart != "" {
		k.noCart = cart == "false"
	}
	if catalog != "" {
		k.shown = catalog == "true"
	}
	return success
}

// keyBits is the size of the key for Flows (§7.9).
const keyBits = 2048

// getKey answers the key; there is no list element before one is set.
func (e *Emulator) getKey(c *call, n *number) answer {
	var item, o wire.Object
	key := e.setupOf(n).publicKey
	if key == "" {
		return answer{http: http.StatusOK, body: o.List("data").Bytes()}
	}
	item.Str("business_public_key", key).Str("business_public_key_signature_status", "VALID")
	return answer{http: http.StatusOK, body: o.List("data", chosen(item.Bytes(), c.query("fields"))).Bytes()}
}

func (e *Emulator) setKey(c *call, n *number) answer {
	key := c.query("business_public_key")
	if key == "" {
		return e.refuse(badParameter("Missing required parameter: business_public_key"))
	}
	if !isKey(key) {
		f := badParameter("Business public key is invalid")
		f.userTitle, f.userMessage = "Invalid Public Key", "The provided public key format is invalid"
		return e.refuse(f)
	}
	e.setupOf(n).publicKey = key
	return success
}

// isKey answers whether s is a public RSA key of 2,048 bits in PEM.
func isKey(s string) bool {
	block, rest := pem.Decode([]byte(s))
	if block == nil || len(bytes.TrimSpace(rest)) > 0 {
		return false
	}
	k, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return false
	}
	key, ok := k.(*rsa.PublicKey)
	return ok && key.N.BitLen() == keyBits
}

// compliance is what a business in India says about itself.
type compliance struct {
	Product    string   `json:"messaging_product"`
	Name       string   `json:"entity_name"`
	Type       string   `json:"entity_type"`
	Custom     string   `json:"entity_type_custom"`
	Registered *bool    `json:"is_registered"`
	Officer    *contact `json:"grievance_officer_details"`
	Care       *contact `json:"customer_care_details"`
}

// contact is how somebody of a business is reached.
type contact struct {
	Name     string `json:"name"`
	Email    string `json:"email"`
	Mobile   string `json:"mobile_number"`
	Landline string `json:"landline_number"`
}

// into writes a contact under a name, if there is one.
func (d *contact) into(o *wire.Object, name string) {
	if d == nil {
		return
	}
	var x wire.Object
	o.Obj(name, x.Opt("name", d.Name).Opt("email", d.Email).Opt("mobile_number", d.Mobile).Opt("landline_number", d.Landline))
}

// Limits of compliance information (OpenAPI document v23,
// BusinessComplianceInfoUpdateRequest, Nov 2025).
var (
	entityTypes  = []string{"LIMITED_LIABILITY_PARTNERSHIP", "SOLE_PROPRIETORSHIP", "PARTNERSHIP", "PUBLIC_COMPANY", "PRIVATE_COMPANY", "OTHER"}
	entityName   = extent{2, 128}
	customLength = extent{1, 1024}
	reachLength  = extent{1, 128}
)

// getCompliance answers what is set. The document's example has null for the
// rest, which its own schema forbids.
func (e *Emulator) getCompliance(c *call, n *number) answer {
	k := e.setupOf(n).compliance
	if k == nil {
		k = &compliance{}
	}
	var item, o wire.Object
	item.Str("whatsapp_business_account_id", n.waba.ID).Str("messaging_product", "whatsapp").Opt("entity_name", k.Name).
		Opt("entity_type", k.Type).Opt("entity_type_custom", k.Custom).Bool("is_registered", k.Registered != nil && *k.Registered)
	k.Officer.into(&item, "grievance_officer_details")
	k.Care.into(&item, "customer_care_details")
	return answer{http: http.StatusOK, body: o.List("data", chosen(item.Bytes(), c.query("fields"))).Bytes()}
}

func (e *Emulator) setCompliance(c *call, n *number) answer {
	var k compliance
	if err := json.Unmarshal(c.body, &k); err != nil {
		return e.refuse(badParameter("The body must be a JSON object of the fields of business_compliance_info."))
	}
	if f := k.wrong(); f != nil {
		return e.refuse(f)
	}
	e.setupOf(n).compliance = &k
	return success
}

// wrong is what breaks a rule of the OpenAPI document, or nil.
func (k *compliance) wrong() *failure {
	choosable := k.Type == "OTHER" || k.Type == "PARTNERSHIP"
	switch {
	case k.Product != "whatsapp":
		return needsProduct()
	case !entityName.holds(k.Name):
		return badParameter("Param entity_name must be between 2 and 128 characters long.")
	case !slices.Contains(entityTypes, k.Type):
		return badParameter("Invalid parameter: entity_type must be a valid enum value")
	case k.Type == "OTHER" && !customLength.holds(k.Custom):
		return badParameter("Entity_type_custom is mandatory for OTHER entity type")
	case k.Type != "OTHER" && k.Custom != "":
		return wrongState("Entity type custom can only be used with OTHER entity type")
	case k.Registered != nil && !choosable:
		return badParameter("is_registered required only when entity_type is set to Other or Partnership")
	case k.Officer == nil || !reachLength.holds(k.Officer.Name):
		return badParameter("Param grievance_officer_details must be an object with name and email.")
	case k.Care == nil:
		return badParameter("Param customer_care_details must be an object with email.")
	}
	reached := map[string]*contact{"grievance_officer_details": k.Officer, "customer_care_details": k.Care}
	for _, name := range sortedKeys(reached) {
		d := reached[name]
		if !reachLength.holds(d.Email) || !isEmail(d.Email) {
			return badParameter("Param " + name + "['email'] must be a valid email address")
		}
		for _, number := range []string{d.Mobile, d.Landline} {
			if _, ok := digitsOf(number); number != "" && (!ok || !strings.HasPrefix(number, "+")) {
				return wrongState("Invalid phone number format. Must include country code")
			}
		}
	}
	return nil
}
