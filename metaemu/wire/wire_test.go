package wire_test

import (
	"encoding/json"
	"testing"

	"wasl/metaemu/wire"
)

// The two vectors of spec/cloud-api-protocol.md §5.2, computed there apart
// from this code.
func TestSignMatchesVerifiedVectors(t *testing.T) {
	rows := map[string]string{
		`{"object":"whatsapp_business_account","entry":[]}`:                         "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
		`{"object":"whatsapp_business_account","entry":[{"id":"1","note":"سلام"}]}`: "sha256=826d65d37e57cf01da6c883fb077da887a7300d6b48f96b139ae38e2560bf361",
	}
	for body, want := range rows {
		if got := wire.Sign("test_app_secret", []byte(body)); got != want {
			t.Errorf("Sign(%s) = %s, want %s", body, got, want)
		}
	}
}

func TestStringsAreEscapedAsMetaDoes(t *testing.T) {
	rows := []struct{ name, in, want string }{
		{"plain", "hello", `"hello"`},
		{"arabic", "سلام", `"\u0633\u0644\u0627\u0645"`},
		{"emoji outside the basic plane", "👍", `"\ud83d\udc4d"`},
		{"slash", "image/jpeg", `"image\/jpeg"`},
		{"quote, backslash and controls", "a\"b\\c\n\x01", `"a\"b\\c\n\u0001"`},
	}
	for _, r := range rows {
		got := string(wire.AppendString(nil, r.in))
		if got != r.want {
			t.Errorf("%s: %s, want %s", r.name, got, r.want)
		}
		var back string
		if err := json.Unmarshal([]byte(got), &back); err != nil || back != r.in {
			t.Errorf("%s: reads back as %q (%v)", r.name, back, err)
		}
	}
}

func TestCompactKeepsMeaning(t *testing.T) {
	in := "{ \"a\" : \"س / \\/ \\u0645 \\\\\", \"b\":[1, 2] }"
	got, err := wire.Compact([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"a":"\u0633 \/ \/ \u0645 \\","b":[1,2]}`
	if string(got) != want {
		t.Errorf("Compact = %s, want %s", got, want)
	}
	if _, err := wire.Compact([]byte("{")); err == nil {
		t.Error("Compact accepted half an object")
	}
}

func TestObjectKeepsOrder(t *testing.T) {
	var inner, o wire.Object
	inner.Int("n", 3)
	o.Str("z", "1").Opt("none", "").Bool("t", true).Obj("in", &inner).List("l", []byte("1"), []byte(`"x"`)).Float("f", 1.5)
	want := `{"z":"1","t":true,"in":{"n":3},"l":[1,"x"],"f":1.5}`
	if got := string(o.Bytes()); got != want {
		t.Errorf("Bytes = %s, want %s", got, want)
	}
	if got := string(new(wire.Object).Bytes()); got != "{}" {
		t.Errorf("empty object = %s, want {}", got)
	}
}
