package metaemu_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// TestCommerce: a cart and no catalogue at first; each is set by itself, by query
// (§7.9).
func TestCommerce(t *testing.T) {
	w := newWorld(t, metaemu.Config{}, cloudOnly())
	show := func() obj {
		_, out := w.on("GET", "/whatsapp_commerce_settings", nil)
		return out["data"].([]any)[0].(obj)
	}
	id := show()["id"]
	for _, c := range []struct {
		query         string
		code          int
		cart, catalog bool
	}{
		{"", 0, true, false},
		{"?is_catalog_visible=true", 0, true, true},
		{"?is_cart_enabled=false", 0, false, true},
		{"?is_cart_enabled=maybe", 100, false, true},
		{"?is_cart_enabled=true&is_catalog_visible=false", 0, true, false},
	} {
		if _, out := w.on("POST", "/whatsapp_commerce_settings"+c.query, nil); code(out) != c.code {
			t.Errorf("%s: %v, want code %d", c.query, out, c.code)
		}
		if diff := cmp.Diff(obj{"id": id, "is_cart_enabled": c.cart, "is_catalog_visible": c.catalog}, show()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.query, diff)
		}
	}
}

// TestEncryptionKey: a public RSA key of 2,048 bits, in PEM, by form, multipart or
// JSON.
func TestEncryptionKey(t *testing.T) {
	w := newWorld(t, metaemu.Config{}, cloudOnly())
	pemOf := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	public := func(key any) string {
		der, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return pemOf("PUBLIC KEY", der)
	}
	sized := func(bits int) *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	right := sized(2048)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, out := w.on("GET", "/whatsapp_business_encryption", nil); !cmp.Equal(obj{"data": []any{}}, out) {
		t.Errorf("before one is set: %v", out)
	}
	for _, c := range []struct {
		name, key string
		code      int
	}{
		{"the right one", public(&right.PublicKey), 0},
		{"3,072 bits", public(&sized(3072).PublicKey), 100},
		{"a curve", public(&curve.PublicKey), 100},
		{"a private one", pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(right)), 100},
		{"two", public(&right.PublicKey) + public(&right.PublicKey), 100},
		{"a text", "my key", 100},
		{"none", "", 100},
	} {
		status, out := w.on("POST", "/whatsapp_business_encryption", obj{"business_public_key": c.key})
		if code(out) != c.code {
			t.Errorf("%s: HTTP %d %v, want code %d", c.name, status, out, c.code)
		}
	}
	body := "--x\r\nContent-Disposition: form-data; name=\"business_public_key\"\r\n\r\n" + public(&right.PublicKey) + "\r\n--x--\r\n"
	if _, out := w.asks("POST", "/v25.0/"+w.number.ID+"/whatsapp_business_encryption", body, "Authorization", "Bearer "+w.number.Token, "Content-Type", "multipart/form-data; boundary=x"); code(out) != 0 {
		t.Errorf("by multipart: %v", out)
	}
	want := obj{"data": []any{obj{"business_public_key": public(&right.PublicKey), "business_public_key_signature_status": "VALID"}}}
	if _, out := w.on("GET", "/whatsapp_business_encryption", nil); !cmp.Equal(want, out) {
		t.Errorf("what is held (-want +got):\n%s", cmp.Diff(want, out))
	}
}

// TestCompliance: the rules of the OpenAPI document.
func TestCompliance(t *testing.T) {
	w := newWorld(t, metaemu.Config{}, cloudOnly())
	none := obj{"whatsapp_business_account_id": w.number.WABA, "messaging_product": "whatsapp", "is_registered": false}
	if _, out := w.on("GET", "/business_compliance_info", nil); !cmp.Equal(obj{"data": []any{none}}, out) {
		t.Errorf("before anything is set: %v", out)
	}
	officer, care := obj{"name": "Chandra", "email": "c@shrub.example", "mobile_number": "+913854559033"}, obj{"email": "help@shrub.example"}
	base := obj{
		"messaging_product": "whatsapp", "entity_name": "Shrub Ltd", "entity_type": "PARTNERSHIP", "is_registered": true,
		"grievance_officer_details": officer, "customer_care_details": care,
	}
	for _, c := range []struct {
		name string
		with obj
		http int
	}{
		{"nothing wrong", nil, 200},
		{"no product", obj{"messaging_product": ""}, 400},
		{"a name of one", obj{"entity_name": "S"}, 400},
		{"a name of 129", obj{"entity_name": strings.Repeat("s", 129)}, 400},
		{"no such type", obj{"entity_type": "CIRCUS"}, 400},
		{"another type without a name", obj{"entity_type": "OTHER"}, 400},
		{"another type", obj{"entity_type": "OTHER", "entity_type_custom": "Cooperative"}, 200},
		{"a known type with a name", obj{"entity_type_custom": "Cooperative"}, 422},
		{"registered, where all are", obj{"entity_type": "PUBLIC_COMPANY"}, 400},
		{"a type without registration", obj{"entity_type": "PUBLIC_COMPANY", "is_registered": nil}, 200},
		{"no officer", obj{"grievance_officer_details": nil}, 400},
		{"an officer without a name", obj{"grievance_officer_details": obj{"email": "c@shrub.example"}}, 400},
		{"no care", obj{"customer_care_details": nil}, 400},
		{"no address", obj{"customer_care_details": obj{"email": "help"}}, 400},
		{"a number without its country", obj{"customer_care_details": obj{"email": "help@shrub.example", "landline_number": "3857614343"}}, 422},
		{"as at first", nil, 200},
	} {
		body := maps.Clone(base)
		maps.Copy(body, c.with)
		if status, out := w.on("POST", "/business_compliance_info", body); status != c.http || status != 200 && code(out) != 100 {
			t.Errorf("%s: HTTP %d %v, want %d", c.name, status, out, c.http)
		}
	}
	want := maps.Clone(none)
	maps.Copy(want, base)
	if _, out := w.on("GET", "/business_compliance_info", nil); !cmp.Equal(obj{"data": []any{want}}, out) {
		t.Errorf("what is held (-want +got):\n%s", cmp.Diff(obj{"data": []any{want}}, out))
	}
	if _, out := w.on("GET", "/business_compliance_info?fields=entity_name,is_registered", nil); !cmp.Equal(obj{"data": []any{obj{"entity_name": "Shrub Ltd", "is_registered": true}}}, out) {
		t.Errorf("two fields: %v", out)
	}
}
