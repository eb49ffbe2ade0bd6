package form_test

import (
	"fmt"
	"strings"
	"testing"

	"wasl/metaemu/form"
)

// TestEveryRuleOfCreation goes on where TestCheck ends: one row for each rule of
// §4.2 and §4.4 that is left, with the two sides of each bound.
func TestEveryRuleOfCreation(t *testing.T) {
	const (
		otp   = `{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}`
		quick = `{"type":"QUICK_REPLY","text":"Yes"}`
		card  = `{"components":[{"type":"HEADER","format":"IMAGE","example":{"header_handle":["4::a"]}},{"type":"BODY","text":"One"},{"type":"BUTTONS","buttons":[` + quick + `]}]}`
	)
	hello := body("Hello", "")
	cards := func(n int, c string) string {
		return with("MARKETING", hello+`,{"type":"CAROUSEL","cards":[`+strings.TrimSuffix(strings.Repeat(c+",", n), ",")+`]}`)
	}
	text := func(n int) string { return strings.Repeat("a", n) }
	header := func(category, rest string) string {
		return with(category, `{"type":"HEADER",`+rest+`},`+hello)
	}
	named := func(text, names string) string {
		return `{"name":"t","language":"en_US","category":"UTILITY","parameter_format":"named","components":[{"type":"BODY","text":"` + text + `","example":{"body_text_named_params":[` + names + `]}}]}`
	}
	ttl := func(category string, seconds int) string {
		parts := hello
		if category == "AUTHENTICATION" {
			parts = `{"type":"BODY"},` + otp
		}
		return fmt.Sprintf(`{"name":"t","language":"en_US","category":"%s","message_send_ttl_seconds":%d,"components":[%s]}`, category, seconds, parts)
	}
	for _, c := range []struct {
		name, body string
		subcode    int // -1: taken; 0: refused without one
	}{
		{"no JSON", `{`, 0},
		{"components that are no list", `{"name":"t","language":"ar","category":"UTILITY","components":"x"}`, 0},
		{"no name", `{"language":"ar","category":"UTILITY","components":[` + hello + `]}`, 0},
		{"no language", `{"name":"t","category":"UTILITY","components":[` + hello + `]}`, 0},
		{"a language in another spelling", strings.Replace(with("UTILITY", hello), "en_US", "en-US", 1), 0},
		{"a name of 512 characters", strings.Replace(with("UTILITY", hello), `"t"`, `"`+text(512)+`"`, 1), -1},
		{"a hyphen in the name", strings.Replace(with("UTILITY", hello), `"t"`, `"a-b"`, 1), 0},
		{"a category in small letters", with("utility", hello), -1},
		{"a parameter format of nothing", strings.Replace(with("UTILITY", hello), `"category"`, `"parameter_format":"free","category"`, 1), 0},
		{"a component of nothing", with("UTILITY", hello+`,{"type":"SIDEBAR"}`), 0},

		{"authentication waits 29 seconds", ttl("AUTHENTICATION", 29), 0},
		{"authentication waits 30 seconds", ttl("AUTHENTICATION", 30), -1},
		{"authentication waits 900 seconds", ttl("AUTHENTICATION", 900), -1},
		{"authentication waits 901 seconds", ttl("AUTHENTICATION", 901), 0},
		{"authentication waits a month", ttl("AUTHENTICATION", -1), -1},
		{"utility waits 43200 seconds", ttl("UTILITY", 43200), -1},
		{"marketing waits 43199 seconds", ttl("MARKETING", 43199), 0},
		{"marketing waits 2592000 seconds", ttl("MARKETING", 2592000), -1},
		{"marketing waits 2592001 seconds", ttl("MARKETING", 2592001), 0},

		{"a header of 60 characters", header("UTILITY", `"format":"TEXT","text":"`+text(60)+`"`), -1},
		{"an empty header", header("UTILITY", `"format":"TEXT","text":""`), 2388040},
		{"a header of nothing", header("UTILITY", `"format":"SOUND"`), 2388047},
		{"a header's variable without a sample", header("UTILITY", `"format":"TEXT","text":"Hi {{1}}"`), 2388047},
		{"a header's variable with a sample", header("UTILITY", `"format":"TEXT","text":"Hi {{1}}","example":{"header_text":["x"]}`), -1},
		{"a header that counts from two", header("UTILITY", `"format":"TEXT","text":"Hi {{2}}","example":{"header_text":["x"]}`), 2388047},
		{"a moving picture for marketing", header("MARKETING", `"format":"GIF","example":{"header_handle":["4::a"]}`), -1},
		{"a moving picture for utility", header("UTILITY", `"format":"GIF","example":{"header_handle":["4::a"]}`), 2388047},
		{"a product", header("MARKETING", `"format":"PRODUCT"`), -1},

		{"an empty body", with("UTILITY", body("  ", "")), 2388072},
		{"named variables", named("Hi {{order_no}} there", `{"param_name":"order_no","example":"x"}`), -1},
		{"a named variable in capitals", named("Hi {{Order}} there", `{"param_name":"Order","example":"x"}`), 2388072},
		{"a number among the names", named("Hi {{1}} there", `{"param_name":"1","example":"x"}`), 2388072},
		{"a named variable without its sample", named("Hi {{a}} and {{b}} there", `{"param_name":"a","example":"x"}`), 2388072},
		{"a sample too few", with("UTILITY", body("Hi {{1}} and {{2}} there", `"a"`)), 2388072},
		{"the same variable twice", with("UTILITY", body("Hi {{1}} and {{1}} there", `"a"`)), -1},
		{"a footer of 60 characters", with("UTILITY", hello+`,{"type":"FOOTER","text":"`+text(60)+`"}`), -1},
		{"a footer of 61 characters", with("UTILITY", hello+`,{"type":"FOOTER","text":"`+text(61)+`"}`), 2388040},

		{"no buttons in the list of buttons", with("UTILITY", hello+`,{"type":"BUTTONS","buttons":[]}`), 0},
		{"a button of nothing", with("UTILITY", buttons(`{"type":"DOOR","text":"x"}`)), 0},
		{"a button without text", with("UTILITY", buttons(`{"type":"QUICK_REPLY"}`)), 2388040},
		{"a variable in a button", with("UTILITY", buttons(`{"type":"QUICK_REPLY","text":"{{1}}"}`)), 0},
		{"a telephone without a number", with("UTILITY", buttons(`{"type":"PHONE_NUMBER","text":"Call"}`)), 0},
		{"two telephones", with("UTILITY", buttons(`{"type":"PHONE_NUMBER","text":"a","phone_number":"1"}`, `{"type":"PHONE_NUMBER","text":"b","phone_number":"2"}`)), 0},
		{"an address of 2000 characters", with("UTILITY", buttons(`{"type":"URL","text":"Go","url":"`+text(2000)+`"}`)), -1},
		{"an address of 2001 characters", with("UTILITY", buttons(`{"type":"URL","text":"Go","url":"`+text(2001)+`"}`)), 2388040},
		{"an address' variable without a sample", with("UTILITY", buttons(`{"type":"URL","text":"Go","url":"https://a/{{1}}"}`)), 0},
		{"two variables in an address", with("UTILITY", buttons(`{"type":"URL","text":"Go","url":"https://a/{{1}}{{2}}","example":["x"]}`)), 0},
		{"a coupon", with("MARKETING", buttons(`{"type":"COPY_CODE","example":"SAVE25"}`)), -1},
		{"a coupon without a sample", with("MARKETING", buttons(`{"type":"COPY_CODE"}`)), 0},
		{"a coupon of 21 characters", with("MARKETING", buttons(`{"type":"COPY_CODE","example":"`+text(21)+`"}`)), 2388040},
		{"two coupons", with("MARKETING", buttons(`{"type":"COPY_CODE","example":"a"}`, `{"type":"COPY_CODE","example":"b"}`)), 0},
		{"a flow by its id", with("UTILITY", buttons(`{"type":"FLOW","text":"Go","flow_id":"1"}`)), -1},
		{"two flows", with("UTILITY", buttons(`{"type":"FLOW","text":"a","flow_id":"1"}`, `{"type":"FLOW","text":"b","flow_id":"2"}`)), 0},
		{"a catalogue", with("MARKETING", buttons(`{"type":"CATALOG","text":"Look"}`)), -1},
		{"two catalogues", with("MARKETING", buttons(`{"type":"CATALOG","text":"a"}`, `{"type":"CATALOG","text":"b"}`)), 0},
		{"products", with("MARKETING", buttons(`{"type":"MPM","text":"Look"}`)), -1},
		{"a call", with("UTILITY", buttons(`{"type":"VOICE_CALL","text":"Call"}`)), -1},
		{"two calls", with("UTILITY", buttons(`{"type":"VOICE_CALL","text":"a"}`, `{"type":"VOICE_CALL","text":"b"}`)), 0},
		{"quick replies after the others", with("UTILITY", buttons(`{"type":"URL","text":"Go","url":"https://a/"}`, quick, quick)), -1},

		{"an offer without its object", with("MARKETING", hello+`,{"type":"LIMITED_TIME_OFFER"}`), 0},
		{"an offer of 16 characters", with("MARKETING", body(text(600), "")+`,{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"`+text(16)+`"}}`), -1},
		{"ten cards", cards(10, card), -1},
		{"eleven cards", cards(11, card), 0},
		{"a footer on a card", cards(2, strings.Replace(card, `{"type":"BODY","text":"One"}`, `{"type":"FOOTER","text":"One"}`, 1)), 0},
		{"a card's picture without a sample", cards(2, strings.Replace(card, `"4::a"`, "", 1)), 2388047},
		{"a card's button without a text", cards(2, strings.Replace(card, `"Yes"`, `""`, 1)), 2388040},
		{"a card's body of 160 characters", cards(2, strings.Replace(card, "One", text(160), 1)), -1},

		{"a code", with("AUTHENTICATION", `{"type":"BODY","add_security_recommendation":true},{"type":"FOOTER","code_expiration_minutes":90},`+otp), -1},
		{"a code that expires at once", with("AUTHENTICATION", `{"type":"BODY"},{"type":"FOOTER","code_expiration_minutes":0},`+otp), 0},
		{"a code's footer with words of its own", with("AUTHENTICATION", `{"type":"BODY"},{"type":"FOOTER","text":"x"},`+otp), 2388073},
		{"a code with a header", with("AUTHENTICATION", `{"type":"HEADER","format":"TEXT","text":"x"},{"type":"BODY"},`+otp), 0},
		{"a code with two buttons", with("AUTHENTICATION", `{"type":"BODY"},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"},`+quick+`]}`), 0},
		{"a code of another kind", with("AUTHENTICATION", `{"type":"BODY"},`+strings.Replace(otp, "COPY_CODE", "THREE_TAP", 1)), 0},
		{"one tap without an app", with("AUTHENTICATION", `{"type":"BODY"},`+strings.Replace(otp, "COPY_CODE", "ONE_TAP", 1)), 0},
		{"one tap with half an app", with("AUTHENTICATION", `{"type":"BODY"},`+strings.Replace(otp, `"COPY_CODE"`, `"ONE_TAP","supported_apps":[{"package_name":"a"}]`, 1)), 0},
		{"one tap", with("AUTHENTICATION", `{"type":"BODY"},`+strings.Replace(otp, `"COPY_CODE"`, `"ONE_TAP","supported_apps":[{"package_name":"a","signature_hash":"b"}]`, 1)), -1},
		{"zero tap", with("AUTHENTICATION", `{"type":"BODY"},`+strings.Replace(otp, `"COPY_CODE"`, `"ZERO_TAP","zero_tap_terms_accepted":true,"supported_apps":[{"package_name":"a","signature_hash":"b"}]`, 1)), -1},
		{"a label of 26 characters on a code", with("AUTHENTICATION", `{"type":"BODY"},`+strings.Replace(otp, `"COPY_CODE"`, `"COPY_CODE","text":"`+text(26)+`"`, 1)), 2388040},
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

// TestEveryKindOfSend goes on where TestMismatches ends.
func TestEveryKindOfSend(t *testing.T) {
	sub := func(kind, params string) string {
		return `{"type":"button","sub_type":"` + kind + `","index":0,"parameters":[` + params + `]}`
	}
	one := func(text string) string {
		return `{"type":"body","parameters":[{"type":"text","text":"` + text + `"}]}`
	}
	header := func(format, sample string) string {
		return with("MARKETING", `{"type":"HEADER","format":"`+format+`"`+sample+`},`+body("Hello", ""))
	}
	head := func(param string) string { return `{"type":"header","parameters":[` + param + `]}` }
	const (
		sample = `,"example":{"header_handle":["4::a"]}`
		action = `{"type":"action","action":{"flow_token":"t","thumbnail_product_retailer_id":"sku","sections":[{"title":"a","product_items":[{"product_retailer_id":"1"}]}]}}`
	)
	flow, catalog, mpm := with("UTILITY", buttons(`{"type":"FLOW","text":"Go","flow_id":"1"}`)), with("MARKETING", buttons(`{"type":"CATALOG","text":"Look"}`)), with("MARKETING", buttons(`{"type":"MPM","text":"Look"}`))
	titled := with("UTILITY", `{"type":"HEADER","format":"TEXT","text":"Hi {{1}}","example":{"header_text":["x"]}},`+body("Hello", ""))
	code := with("AUTHENTICATION", `{"type":"BODY"},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}`)
	codeSend := func(code string) string { return one(code) + "," + sub("url", `{"type":"text","text":"`+code+`"}`) }
	static := with("UTILITY", buttons(`{"type":"URL","text":"Go","url":"https://a.example/"}`))
	contact := with("UTILITY", buttons(`{"type":"REQUEST_CONTACT_INFO"}`))
	for _, c := range []struct {
		name, template, send string
		code                 int // 0: it fits
	}{
		{"a flow", flow, sub("flow", action), 0},
		{"a flow without parameters", flow, "", 0},
		{"a flow with a text", flow, sub("flow", `{"type":"text","text":"x"}`), 132012},
		{"a catalogue", catalog, sub("CATALOG", action), 0},
		{"a catalogue with a payload", catalog, sub("catalog", `{"type":"payload","payload":"x"}`), 132012},
		{"products", mpm, sub("mpm", action), 0},
		{"products without any", mpm, "", 131008},
		{"products as a text", mpm, sub("mpm", `{"type":"text","text":"x"}`), 132012},
		{"a title", titled, head(`{"type":"text","text":"Mona"}`), 0},
		{"a title without its word", titled, "", 132000},
		{"a title that grows too long", titled, head(`{"type":"text","text":"` + strings.Repeat("a", 58) + `"}`), 132005},
		{"a video", header("VIDEO", sample), head(`{"type":"video","video":{"link":"https://a.example/v.mp4"}}`), 0},
		{"a document", header("DOCUMENT", sample), head(`{"type":"document","document":{"id":"1","filename":"a.pdf"}}`), 0},
		{"a document by id and by address", header("DOCUMENT", sample), head(`{"type":"document","document":{"id":"1","link":"https://a.example/"}}`), 132018},
		{"a moving picture", header("GIF", sample), head(`{"type":"gif","gif":{"id":"1"}}`), 0},
		{"a place", header("LOCATION", ""), head(`{"type":"location","location":{"latitude":"30.1","longitude":31.2,"name":"a","address":"b"}}`), 0},
		{"a place without a longitude", header("LOCATION", ""), head(`{"type":"location","location":{"latitude":30.1}}`), 132018},
		{"no place", header("LOCATION", ""), "", 132012},
		{"a product", header("PRODUCT", ""), head(`{"type":"product","product":{"product_retailer_id":"1","catalog_id":"2"}}`), 0},
		{"no product", header("PRODUCT", ""), "", 131008},
		{"a tab", with("UTILITY", body("Hi {{1}} there", `"a"`)), one(`a\tb`), 132007},
		{"four blanks", with("UTILITY", body("Hi {{1}} there", `"a"`)), one("a    b"), 0},
		{"a variable that stands twice", with("UTILITY", body("Hi {{1}} and {{1}} there", `"a"`)), one("Mona"), 0},
		{"two parameters for one", with("UTILITY", body("Hi {{1}} there", `"a"`)), `{"type":"body","parameters":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}`, 132000},
		{"a parameter for an address without a variable", static, sub("url", `{"type":"text","text":"x"}`), 132000},
		{"a parameter for a contact", contact, sub("request_contact_info", `{"type":"text","text":"x"}`), 132012},
		{"a contact by its name, without parameters", contact, sub("request_contact_info", ""), 0},
		{"a button where there is none", with("UTILITY", body("Hello", "")), sub("url", `{"type":"text","text":"x"}`), 132018},
		{"an index in words", static, strings.Replace(sub("url", ""), `"index":0`, `"index":"first"`, 1), 132012},
		{"a code that is an address", code, codeSend("www.a.example"), 132018},
		{"a code with a face", code, codeSend("12😀34"), 132018},
		{"a code of letters", code, codeSend("AB-12-CD"), 0},
	} {
		_, bad := fill(t, c.template, c.send)
		got := 0
		if bad != nil {
			got = bad.Code
		}
		if got != c.code {
			t.Errorf("%s: code %d (%v), want %d", c.name, got, bad, c.code)
		}
	}
}
