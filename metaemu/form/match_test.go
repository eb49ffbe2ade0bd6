package form_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu/form"
)

func fill(t *testing.T, template, components string) (form.Filled, *form.Fault) {
	t.Helper()
	f, bad := form.Read([]byte(template))
	if bad == nil {
		bad = form.Check(&f)
	}
	if bad != nil {
		t.Fatalf("the template is refused: %v", bad)
	}
	s, bad := form.ReadSend([]byte(`{"name":"x","language":{"code":"ar"},"components":[` + components + `]}`))
	if bad != nil {
		return form.Filled{}, bad
	}
	return f.Fill(s)
}

const (
	picture  = `{"type":"header","parameters":[{"type":"image","image":{"id":"1122"}}]}`
	words    = `{"type":"body","parameters":[{"type":"text","parameter_name":"order_no","text":"A-99"},{"type":"text","parameter_name":"customer","text":"منى"}]}`
	track    = `{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"A-99"}]}`
	late     = `{"type":"button","sub_type":"quick_reply","index":2,"parameters":[{"type":"payload","payload":"late:A-99"}]}`
	allParts = picture + "," + words + "," + track + "," + late
)

func TestFill(t *testing.T) {
	got, bad := fill(t, good, allParts)
	if bad != nil {
		t.Fatal(bad)
	}
	want := form.Filled{
		HeaderKind: "image", Body: "مرحبا منى، طلبك A-99 جاهز للاستلام من الفرع.", Footer: "Acme",
		Buttons: []form.FilledButton{
			{Type: "URL", Text: "تتبع", URL: "https://acme.example/t/A-99"},
			{Type: "PHONE_NUMBER", Text: "اتصل", Phone: "+201000000009"},
			{Type: "QUICK_REPLY", Text: "تأخير", Payload: "late:A-99"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("filled (-want +got):\n%s", diff)
	}
	if text := got.Text(); text != "[image]\nمرحبا منى، طلبك A-99 جاهز للاستلام من الفرع.\nAcme\n[تتبع]\n[اتصل]\n[تأخير]" {
		t.Errorf("text = %q", text)
	}
}

func TestMismatches(t *testing.T) {
	code := with("AUTHENTICATION", `{"type":"BODY"},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}`)
	codeSend := func(body, button string) string {
		return `{"type":"body","parameters":[{"type":"text","text":"` + body + `"}]},{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"` + button + `"}]}`
	}
	offer := with("MARKETING", body("Use code {{1}} today", `"SAVE25"`)+`,{"type":"LIMITED_TIME_OFFER","limited_time_offer":{"text":"Ends soon","has_expiration":true}},
		{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","example":"SAVE25"}]}`)
	one := `{"type":"body","parameters":[{"type":"text","text":"SAVE25"}]}`
	coupon := func(s string) string {
		return `{"type":"button","sub_type":"copy_code","index":0,"parameters":[{"type":"coupon_code","coupon_code":"` + s + `"}]}`
	}
	ends := `{"type":"limited_time_offer","parameters":[{"type":"limited_time_offer","limited_time_offer":{"expiration_time_ms":1795000000000}}]}`
	card := `{"components":[{"type":"HEADER","format":"IMAGE","example":{"header_handle":["4::a"]}},{"type":"BODY","text":"One"}]}`
	cards := with("MARKETING", body("Look", "")+`,{"type":"CAROUSEL","cards":[`+card+`,`+card+`]}`)
	sentCard := func(i, parts string) string { return `{"card_index":` + i + `,"components":[` + parts + `]}` }
	for _, c := range []struct {
		name, template, send string
		code                 int // 0: it fits
	}{
		{"all parts", good, allParts, 0},
		{"kinds in capitals", good, strings.NewReplacer(`"header"`, `"HEADER"`, `"body"`, `"BODY"`, `"url"`, `"URL"`).Replace(allParts), 0},
		{"no quick reply's payload", good, picture + "," + words + "," + track, 0},
		{"no body", good, picture + "," + track, 132000},
		{"one parameter too few", good, picture + `,{"type":"body","parameters":[{"type":"text","parameter_name":"customer","text":"x"}]},` + track, 132000},
		{"another name", good, picture + "," + strings.Replace(words, "order_no", "number", 1) + "," + track, 132012},
		{"no picture", good, words + "," + track, 132012},
		{"a video for a picture", good, strings.Replace(allParts, `{"type":"image","image"`, `{"type":"video","video"`, 1), 132012},
		{"a picture of nothing", good, strings.Replace(allParts, `"id":"1122"`, "", 1), 132018},
		{"a new line in a parameter", good, strings.Replace(allParts, `"text":"منى"`, `"text":"a\nb"`, 1), 132007},
		{"five blanks in a parameter", good, strings.Replace(allParts, `"text":"منى"`, `"text":"a     b"`, 1), 132007},
		{"an empty parameter", good, strings.Replace(allParts, `"text":"منى"`, `"text":""`, 1), 132018},
		{"a text that grows too long", good, strings.Replace(allParts, `"text":"منى"`, `"text":"`+strings.Repeat("a", 1024)+`"`, 1), 132005},
		{"a picture as a word", good, picture + `,{"type":"body","parameters":[{"type":"image","image":{"id":"1"}},{"type":"text","text":"x"}]},` + track, 132012},
		{"an address without its end", good, picture + "," + words, 131008},
		{"a button that is not there", good, allParts + `,{"type":"button","sub_type":"url","index":"3","parameters":[]}`, 132018},
		{"a button of another kind", good, strings.Replace(allParts, `"sub_type":"url"`, `"sub_type":"quick_reply"`, 1), 132012},
		{"parameters for the footer", good, allParts + `,{"type":"footer","parameters":[{"type":"text","text":"x"}]}`, 132018},
		{"a price and a day are words", with("UTILITY", body("Pay {{1}} by {{2}} please", `"$1","May"`)), `{"type":"body","parameters":[
			{"type":"currency","currency":{"fallback_value":"$10.00","code":"USD","amount_1000":10000}},{"type":"date_time","date_time":{"fallback_value":"1 Dec 2026"}}]}`, 0},
		{"parameters for a template without any", with("UTILITY", body("Hello", "")), one, 132000},
		{"a code", code, codeSend("123456", "123456"), 0},
		{"a code of 16 characters", code, codeSend("1234567890123456", "1234567890123456"), 132018},
		{"another code in the button", code, codeSend("123456", "654321"), 132018},
		{"a code without its button", code, `{"type":"body","parameters":[{"type":"text","text":"1"}]}`, 131008},
		{"an offer", offer, one + "," + coupon("SAVE25") + "," + ends, 0},
		{"an offer without its end", offer, one + "," + coupon("SAVE25"), 131008},
		{"an offer without its coupon", offer, one + "," + ends, 131008},
		{"a coupon with a blank", offer, one + "," + coupon("SAVE 25") + "," + ends, 132018},
		{"cards", cards, `{"type":"carousel","cards":[` + sentCard("1", picture) + `,` + sentCard("0", picture) + `]}`, 0},
		{"a card too few", cards, `{"type":"carousel","cards":[` + sentCard("0", picture) + `]}`, 132012},
		{"a card without its picture", cards, `{"type":"carousel","cards":[` + sentCard("0", picture) + `,` + sentCard("1", "") + `]}`, 132012},
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

func TestAdjacentVariablesAreSeen(t *testing.T) {
	for text, want := range map[string]bool{"Hi {{1}}{{2}} you": true, "Hi {{1}} {{2}} you": true, "Hi {{1}}, {{2}} you": false} {
		f, _ := form.Read([]byte(with("UTILITY", body(text, `"a","b"`))))
		if got := f.Adjacent(); got != want {
			t.Errorf("Adjacent of %q = %v, want %v", text, got, want)
		}
	}
}
