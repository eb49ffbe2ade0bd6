package form_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wasl/metaemu/form"
)

// good is a template that may be created; rows replace one part of it.
const good = `{"name":"order_ready","language":"ar","category":"UTILITY","parameter_format":"named","message_send_ttl_seconds":3600,
	"components":[
	 {"type":"HEADER","format":"IMAGE","example":{"header_handle":["4::aW1hZ2U="]}},
	 {"type":"BODY","text":"مرحبا {{customer}}، طلبك {{order_no}} جاهز للاستلام من الفرع.",
	  "example":{"body_text_named_params":[{"param_name":"customer","example":"منى"},{"param_name":"order_no","example":"A-99"}]}},
	 {"type":"FOOTER","text":"Acme"},
	 {"type":"BUTTONS","buttons":[
	   {"type":"URL","text":"تتبع","url":"https://acme.example/t/{{1}}","example":["https://acme.example/t/A-99"]},
	   {"type":"PHONE_NUMBER","text":"اتصل","phone_number":"+201000000009"},
	   {"type":"QUICK_REPLY","text":"تأخير"}]}]}`

func with(category, components string) string {
	return `{"name":"t","language":"en_US","category":"` + category + `","components":[` + components + `]}`
}

func body(text, samples string) string {
	b, _ := json.Marshal(text)
	return `{"type":"BODY","text":` + string(b) + `,"example":{"body_text":[[` + samples + `]]}}`
}

func buttons(list ...string) string {
	return body("Hello", "") + `,{"type":"BUTTONS","buttons":[` + strings.Join(list, ",") + `]}`
}

func TestCheck(t *testing.T) {
	const (
		quick = `{"type":"QUICK_REPLY","text":"Yes"}`
		url   = `{"type":"URL","text":"Go","url":"https://a.example/"}`
		card  = `{"components":[{"type":"HEADER","format":"IMAGE","example":{"header_handle":["4::a"]}},{"type":"BODY","text":"One"}]}`
	)
	for _, c := range []struct {
		name, body string
		subcode    int // -1: taken; 0: refused without one
	}{
		{"the documented example", good, -1},
		{"words for kinds in small letters", strings.NewReplacer("HEADER", "header", "IMAGE", "image", "QUICK_REPLY", "quick_reply").Replace(good), -1},
		{"a capital in the name", strings.Replace(good, "order_ready", "Order", 1), 0},
		{"a name of 513 characters", strings.Replace(good, "order_ready", strings.Repeat("a", 513), 1), 2388040},
		{"an unknown language", strings.Replace(good, `"ar"`, `"xx"`, 1), 0},
		{"an unknown category", strings.Replace(good, "UTILITY", "PROMO", 1), 0},
		{"a lifetime too long for utility", strings.Replace(good, "3600", "43201", 1), 0},
		{"a lifetime of thirty days for utility", strings.Replace(good, "3600", "-1", 1), -1},
		{"a lifetime of thirty days for marketing by -1", strings.Replace(strings.Replace(good, "3600", "-1", 1), "UTILITY", "MARKETING", 1), 0},
		{"no components", `{"name":"t","language":"ar","category":"UTILITY"}`, 0},
		{"no body", with("UTILITY", `{"type":"FOOTER","text":"x"}`), 2388072},
		{"two bodies", with("UTILITY", body("a", "")+","+body("b", "")), 0},
		{"a body of 1024 characters", with("UTILITY", body(strings.Repeat("ة", 1024), "")), -1},
		{"a body of 1025 characters", with("UTILITY", body(strings.Repeat("ة", 1025), "")), 2388040},
		{"a variable at the beginning", with("UTILITY", body("{{1}} is here", `"a"`)), 2388299},
		{"a variable at the end", with("UTILITY", body("Here is {{1}}", `"a"`)), 2388299},
		{"more variables than words", with("UTILITY", body("Hi {{1}} {{2}} {{3}} you", `"a","b","c"`)), 2388293},
		{"a gap in the numbers", with("UTILITY", body("Hello {{2}} there", `"a"`)), 2388072},
		{"a name in a positional template", with("UTILITY", body("Hello {{who}} there", `"a"`)), 2388072},
		{"a variable without a sample", with("UTILITY", `{"type":"BODY","text":"Hello {{1}} there"}`), 2388072},
		{"samples as a flat list", with("UTILITY", `{"type":"BODY","text":"Hello {{1}} there","example":{"body_text":["a"]}}`), -1},
		{"a header of 61 characters", with("UTILITY", `{"type":"HEADER","format":"TEXT","text":"`+strings.Repeat("a", 61)+`"},`+body("x", "")), 2388040},
		{"two variables in a header", with("UTILITY", `{"type":"HEADER","format":"TEXT","text":"{{1}} {{2}}"},`+body("x", "")), 2388047},
		{"a picture without a handle", with("UTILITY", `{"type":"HEADER","format":"IMAGE"},`+body("x", "")), 2388047},
		{"a picture by its address", with("UTILITY", `{"type":"HEADER","format":"IMAGE","example":{"header_handle":["https://a.example/x.png"]}},`+body("x", "")), 2388047},
		{"a place in the header", with("UTILITY", `{"type":"HEADER","format":"LOCATION"},`+body("x", "")), -1},
		{"a variable in the footer", with("UTILITY", body("x", "")+`,{"type":"FOOTER","text":"{{1}}"}`), 2388073},
		{"three addresses", with("UTILITY", buttons(url, url, url)), 0},
		{"two addresses", with("UTILITY", buttons(url, url)), -1},
		{"ten quick replies", with("UTILITY", buttons(strings.Split(strings.Repeat(quick+"|", 9)+quick, "|")...)), -1},
		{"eleven quick replies", with("UTILITY", buttons(strings.Split(strings.Repeat(quick+"|", 10)+quick, "|")...)), 0},
		{"quick replies on both sides", with("UTILITY", buttons(quick, url, quick)), 0},
		{"a label of 26 characters", with("UTILITY", buttons(`{"type":"QUICK_REPLY","text":"`+strings.Repeat("a", 26)+`"}`)), 2388040},
		{"a variable inside an address", with("UTILITY", buttons(`{"type":"URL","text":"Go","url":"https://a.example/{{1}}/x","example":["a"]}`)), 0},
		{"a one-time code in a utility template", with("UTILITY", buttons(`{"type":"OTP","otp_type":"COPY_CODE"}`)), 0},
		{"a flow without its id", with("UTILITY", buttons(`{"type":"FLOW","text":"Go"}`)), 0},
		{"an authentication template with words of its own", with("AUTHENTICATION", body("Your code", "")+`,{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}`), 2388072},
		{"an authentication template without a button", with("AUTHENTICATION", `{"type":"BODY"}`), 0},
		{"a code that expires after 91 minutes", with("AUTHENTICATION", `{"type":"BODY"},{"type":"FOOTER","code_expiration_minutes":91},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}`), 0},
		{"zero tap without the terms", with("AUTHENTICATION", `{"type":"BODY"},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"ZERO_TAP","supported_apps":[{"package_name":"a","signature_hash":"b"}]}]}`), 0},
		{"an offer of 17 characters", with("MARKETING", body("x", "")+`,{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"`+strings.Repeat("a", 17)+`"}}`), 2388040},
		{"an offer's body of 601 characters", with("MARKETING", body(strings.Repeat("a", 601), "")+`,{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"a"}}`), 2388040},
		{"one card", with("MARKETING", body("x", "")+`,{"type":"CAROUSEL","cards":[`+card+`]}`), 0},
		{"two cards", with("MARKETING", body("x", "")+`,{"type":"CAROUSEL","cards":[`+card+`,`+card+`]}`), -1},
		{"two cards that differ", with("MARKETING", body("x", "")+`,{"type":"CAROUSEL","cards":[`+card+`,`+strings.Replace(card, "IMAGE", "VIDEO", 1)+`]}`), 0},
		{"a card's body of 161 characters", with("MARKETING", body("x", "")+`,{"type":"CAROUSEL","cards":[`+card+`,`+strings.Replace(card, "One", strings.Repeat("a", 161), 1)+`]}`), 2388040},
	} {
		f, bad := form.Read([]byte(c.body))
		if bad == nil {
			bad = form.Check(&f)
		}
		switch {
		case bad == nil && c.subcode != -1:
			t.Errorf("%s: taken, want it refused with subcode %d", c.name, c.subcode)
		case bad != nil && (bad.Code != 100 || bad.Subcode != c.subcode || bad.Title == "" || bad.Message == ""):
			t.Errorf("%s: refused with %+v, want subcode %d", c.name, bad, c.subcode)
		}
	}
}

// TestThirdParty reads templates that nobody of this project wrote.
func TestThirdParty(t *testing.T) {
	dir := os.Getenv("WASL_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	files, err := filepath.Glob(filepath.Join(dir, "fixtures", "pywa", "templates", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("no third-party fixtures below %s (set WASL_SHARED to the folder that holds fixtures/)", dir)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]json.RawMessage
		if err := json.Unmarshal(raw, &all); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for name, body := range all {
			f, bad := form.Read(body)
			if bad == nil {
				bad = form.Check(&f)
			}
			if bad != nil {
				t.Errorf("%s: refused: %v (subcode %d)", name, bad, bad.Subcode)
			}
		}
	}
}

func TestLibraryTemplatesCanBeCreated(t *testing.T) {
	for _, it := range form.Library() {
		inputs := ""
		switch {
		case it.URL != "":
			inputs = `[{"type":"URL","url":{"base_url":"https://a.example/{{1}}","url_suffix_example":"https://a.example/1"}}]`
		case it.Phone != "":
			inputs = `[{"type":"PHONE_NUMBER","phone_number":"+201000000009"}]`
		}
		f, bad := form.FromLibrary(form.Form{Name: "mine", Language: it.Language, Category: it.Category, Library: it.Name, Inputs: json.RawMessage(inputs)})
		if bad == nil {
			bad = form.Check(&f)
		}
		if bad != nil {
			t.Errorf("%s in %s: %v", it.Name, it.Language, bad)
		}
	}
	if _, bad := form.FromLibrary(form.Form{Name: "mine", Language: "en_US", Category: form.Marketing, Library: "payment_received_1"}); bad == nil {
		t.Error("a library template of another category was taken")
	}
}
