package webhook_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"wasl/internal/wa"
	"wasl/internal/webhook"
)

const head = `{"object":"whatsapp_business_account","entry":[{"id":"275590018334460","time":1795001002,"changes":[{"field":"%s","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550142077","phone_number_id":"308811472206915"},%s}}]}]}`

func body(field, members string) []byte { return fmt.Appendf(nil, head, field, members) }

// events returns what a body says, which must be readable.
func events(t *testing.T, raw []byte) []wa.Event {
	t.Helper()
	n := webhook.Normalize(raw)
	if n.Broken != "" {
		t.Fatalf("broken: %s", n.Broken)
	}
	return n.Events
}

func TestL25EveryEntryChangeAndItem(t *testing.T) {
	item := `{"from":"447700900183","id":"wamid.%d","timestamp":"1","type":"text","text":{"body":"x"}}`
	change := func(ids ...int) string {
		items := make([]string, len(ids))
		for i, id := range ids {
			items[i] = fmt.Sprintf(item, id)
		}
		return `{"field":"messages","value":{"metadata":{"phone_number_id":"1"},"messages":[` + strings.Join(items, ",") + `]}}`
	}
	raw := `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[` + change(1, 2) + `,` + change(3) + `]},{"id":"2","changes":[` + change(4, 5, 6) + `]}]}`
	got := events(t, []byte(raw))
	if len(got) != 6 {
		t.Fatalf("%d events, want 6", len(got))
	}
	for i, ev := range got {
		want := wa.WAMID(fmt.Sprintf("wamid.%d", i+1))
		if r, ok := ev.(wa.Received); !ok || r.WAMID != want {
			t.Errorf("event %d = %#v, want the message %s", i, ev, want)
		}
	}
}

func TestL24OneOddItemCostsNoOther(t *testing.T) {
	items := make([]string, 0, 1000)
	for i := range 1000 {
		if i%10 == 3 {
			items = append(items, []string{`null`, `7`, `"x"`, `[]`, `{}`, `{"id":"w","type":7}`, `{"id":"w","text":"not an object"}`}[i/10%7])
			continue
		}
		items = append(items, fmt.Sprintf(`{"from":"447700900183","id":"wamid.%d","timestamp":"1","type":"text","text":{"body":"x"}}`, i))
	}
	received, unknown := 0, 0
	for _, ev := range events(t, body("messages", `"messages":[`+strings.Join(items, ",")+`],"contacts":[{"profile":7}]`)) {
		switch ev.(type) {
		case wa.Received:
			received++
		case wa.Unknown:
			unknown++
		default:
			t.Errorf("unexpected %T", ev)
		}
	}
	if received != 900 || unknown != 100 {
		t.Errorf("%d messages and %d unknown, want 900 and 100", received, unknown)
	}
}

func TestL6FilesOfTheHistoryAreNoLiveMessages(t *testing.T) {
	for _, ev := range events(t, body("history", `"messages":[{"from":"447700900183","id":"w1","timestamp":"1","type":"image","image":{"id":"1"}}],
		"message_echoes":[{"from":"15550142077","to":"447700900183","id":"w2","timestamp":"1","type":"image","image":{"id":"1"}}]`)) {
		m, ok := ev.(wa.HistoryMedia)
		if !ok {
			t.Fatalf("%T, want history media only", ev)
		}
		if len(m.Messages) != 2 || m.Messages[0].FromMe || !m.Messages[1].FromMe {
			t.Errorf("messages = %+v, want one of each side", m.Messages)
		}
	}
}

func TestL9WhichWABA(t *testing.T) {
	for raw, want := range map[string]wa.WABAID{
		`{"object":"whatsapp_business_account","entry":[{"id":"700","time":1,"changes":[{"field":"account_update","value":{"event":"PARTNER_ADDED","waba_info":{"waba_id":"275"}}}]}]}`: "275",
		`{"object":"whatsapp_business_account","entry":[{"id":"275","time":1,"changes":[{"field":"account_update","value":{"event":"PARTNER_REMOVED"}}]}]}`:                             "275",
	} {
		if got := events(t, []byte(raw))[0].(wa.AccountChanged).Place.WABAID; got != want {
			t.Errorf("WABA = %s, want %s", got, want)
		}
	}
}

func TestL28SystemNoteWithoutContacts(t *testing.T) {
	for _, member := range []string{"wa_id", "new_wa_id"} {
		ev := events(t, body("messages", `"messages":[{"from":"447700900183","id":"w","timestamp":"1","type":"system","system":{"type":"user_changed_number","`+member+`":"447700900977"}}]`))[0]
		if s, ok := ev.(wa.SystemNoticed); !ok || s.Now.Phone != "447700900977" || s.Party.Phone != "447700900183" {
			t.Errorf("%s: %+v, want the old and the new number", member, ev)
		}
	}
}

func TestTimes(t *testing.T) {
	second := time.Unix(1794872300, 0).UTC()
	for wire, want := range map[string]time.Time{
		`"1794872300"`: second, `1794872300`: second, `1794872300.0`: second, `"1794872300000"`: second, `1794872300000000`: second,
		`""`: {}, `"0"`: {}, `-5`: {}, `null`: {}, `{}`: {}, `"soon"`: {}, `999999999999999999`: {}, `1e300`: {}, `"99999999999999999999999"`: {},
	} {
		ev := events(t, body("messages", `"messages":[{"from":"1","id":"w","type":"text","timestamp":`+wire+`}]`))[0].(wa.Received)
		if !ev.At.Equal(want) {
			t.Errorf("timestamp %s = %v, want %v", wire, ev.At, want)
		}
	}
}

func TestDuplicateNamesAreBroken(t *testing.T) {
	for _, members := range []string{
		`"messages":[],"messages":[]`,
		`"messages":[{"id":"a","id":"b"}]`,
		`"statuses":[{"id":"a","x":{"y":1,"y":2}}]`,
		`"messages":[{"id":"a","\u0069d":"b"}]`,
	} {
		if n := webhook.Normalize(body("messages", members)); n.Broken == "" {
			t.Errorf("%s was understood as %+v, want broken", members, n.Events)
		}
	}
}

func TestNothingUnstorableIsLeft(t *testing.T) {
	raw := body("messages", `"messages":[{"from":"447700900183","id":"w","timestamp":"1","type":"text","text":{"body":"a\u0000b \\u0000 `+"\xff"+`"}}]`)
	before := bytes.Clone(raw)
	m := events(t, raw)[0].(wa.Received)
	if want := "a\ufffdb \\u0000 \ufffd"; m.Content.Text != want {
		t.Errorf("text = %q, want %q", m.Content.Text, want)
	}
	if !bytes.Equal(raw, before) {
		t.Error("the body that came was changed")
	}
}

func TestCallsAndFlowsAreKeptUnknown(t *testing.T) {
	for _, field := range []string{"calls", "flows", "group_lifecycle_update", "message_echoes", "standby", ""} {
		n := webhook.Normalize(body(field, `"x":1`))
		if len(n.Events) != 1 || len(n.Odd) != 1 || n.Odd[0].Kind != "unknown_field" {
			t.Fatalf("%s: %+v, want one unknown field", field, n)
		}
		u := n.Events[0].(wa.Unknown)
		if u.Field != field || u.Place.PhoneNumberID != "308811472206915" || len(u.Raw) == 0 {
			t.Errorf("%s: %+v, want it raw under its number", field, u)
		}
	}
}

// TestPure: the same bytes say the same, and are not changed.
func TestPure(t *testing.T) {
	for _, raw := range corpus(t) {
		before := bytes.Clone(raw)
		a, b := webhook.Normalize(raw), webhook.Normalize(raw)
		if !reflect.DeepEqual(a, b) {
			t.Errorf("two readings of %.80q differ", raw)
		}
		if !bytes.Equal(raw, before) {
			t.Errorf("%.80q was changed", raw)
		}
	}
}

// corpus is every payload of testdata.
func corpus(t testing.TB) [][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "payloads", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no payloads: %v", err)
	}
	var out [][]byte
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range txtar.Parse(raw).Files {
			if strings.HasSuffix(f.Name, ".json") {
				out = append(out, f.Data)
			}
		}
	}
	return out
}

// FuzzNormalize: no body makes it panic, nothing it says is larger than what was
// said, and every oddity points at an event or at the whole.
func FuzzNormalize(f *testing.F) {
	for _, raw := range corpus(f) {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		n := webhook.Normalize(raw)
		if n.Broken != "" && (len(n.Events) != 0 || len(n.Odd) != 0) {
			t.Errorf("broken (%s) and yet it says %d events", n.Broken, len(n.Events))
		}
		// An event takes at least a few bytes of the body: no bomb.
		if len(n.Events) > len(raw) {
			t.Errorf("%d events of %d bytes", len(n.Events), len(raw))
		}
		for _, o := range n.Odd {
			if o.Item < 0 || o.Item > len(n.Events) || len(o.What) > 80 {
				t.Errorf("oddity %+v of %d events", o, len(n.Events))
			}
		}
	})
}

// TestAccountNewsTellsWhyAndHowMuch: why an account is restricted and how many
// customers may be written to are told under many names, and all are read.
func TestAccountNewsTellsWhyAndHowMuch(t *testing.T) {
	const head = `{"object":"whatsapp_business_account","entry":[{"id":"275590018334460","time":1795001002,"changes":[{"field":"%s","value":%s}]}]}`
	for _, tt := range []struct{ name, field, value, reason, limit string }{
		{"a disconnection", "account_update", `{"phone_number":"15550142077","event":"PARTNER_REMOVED","disconnection_info":{"reason":"CHANGE_NUMBER","initiated_by":"USER"}}`, "CHANGE_NUMBER", ""},
		{
			"two restrictions", "account_update",
			`{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"RESTRICTED_BIZ_INITIATED_MESSAGING","expiration":1795001002},{"restriction_type":"RESTRICTED_UTILITY_TEMPLATES"}]}`,
			"RESTRICTED_BIZ_INITIATED_MESSAGING, RESTRICTED_UTILITY_TEMPLATES", "",
		},
		{"a violation", "account_update", `{"event":"ACCOUNT_VIOLATION","violation_info":{"violation_type":"SPAM"}}`, "SPAM", ""},
		{"a ban", "account_update", `{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"SCHEDULE_FOR_DISABLE","waba_ban_date":"April 17, 2026"}}`, "SCHEDULE_FOR_DISABLE", ""},
		{"a tier", "business_capability_update", `{"max_daily_conversations_per_business":"TIER_2K"}`, "", "TIER_2K"},
		{"a figure", "business_capability_update", `{"max_daily_conversations_per_business":2000}`, "", "2000"},
		{"no limit, by the old name", "business_capability_update", `{"max_daily_conversation_per_phone":-1}`, "", "-1"},
		{"a number's, by the old name", "phone_number_quality_update", `{"display_phone_number":"15550142077","event":"FLAGGED","current_limit":"TIER_250"}`, "", "TIER_250"},
		{
			"a number's, by both names", "phone_number_quality_update",
			`{"display_phone_number":"15550142077","event":"ONBOARDING","current_limit":"TIER_250","max_daily_conversations_per_business":"TIER_2K"}`, "", "TIER_2K",
		},
	} {
		reason, limit := "", ""
		switch e := events(t, fmt.Appendf(nil, head, tt.field, tt.value))[0].(type) {
		case wa.AccountChanged:
			reason, limit = e.Reason, e.Limit
		case wa.NumberChanged:
			limit = e.Limit
		default:
			t.Errorf("%s became %T", tt.name, e)
		}
		if reason != tt.reason || limit != tt.limit {
			t.Errorf("%s: reason %q, limit %q, want %q and %q", tt.name, reason, limit, tt.reason, tt.limit)
		}
	}
}
