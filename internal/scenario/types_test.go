package scenario

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/wa"
	"wasl/metaemu"
)

// TestEveryTypeArrives: each type of message that can be sent, apart from
// templates, is taken in, posted once, accepted, and read by the customer, and
// stands in the thread as it was written.
func TestEveryTypeArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpine(t)
		asked := must(s.emu.CustomerSend(s.customer.ID, s.number.ID, metaemu.Content{Text: "what do you have?"}))(t)
		s.pass(time.Second)
		con, _ := s.thread()
		var all map[string]json.RawMessage
		if err := json.Unmarshal(must(os.ReadFile("../../testdata/sends.json"))(t), &all); err != nil {
			t.Fatal(err)
		}
		sent := map[wa.MessageID]string{}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			content := strings.NewReplacer("wamid.A", asked).Replace(string(all[name]))
			for id, link := range map[string]string{
				"audio": "a.ogg", "video": "a.mp4", "document": "a.pdf", "button": "a.jpg", "quick replies": "a.mp4",
			} {
				if id == name { // What was uploaded before is another story.
					content = strings.NewReplacer(`"id": "11"`, `"link": "https://example.test/`+link+`"`, `"id": "12"`, `"link": "https://example.test/`+link+`"`).Replace(content)
				}
			}
			r, err := s.box.Submit(t.Context(), wa.Draft{
				Business: s.business, Conversation: con.ID, Kind: wa.SendMessage, Lane: wa.ServiceLane, Origin: wa.FromAPI, AuthorName: name,
				Content: wa.Content{JSON: []byte(content)},
			})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			sent[r.Message] = name
			s.pass(10 * time.Second)
		}
		s.pass(time.Minute)
		seen := 0
		_, thread := s.thread()
		for _, m := range thread {
			name, ours := sent[m.ID]
			if !ours {
				continue
			}
			seen++
			want := wa.Read
			if name == "reaction" {
				want = wa.Sent // Of a reaction Meta tells no more (cloud-api-protocol §2.2).
			}
			if m.Status != want || m.Attempt == nil || m.Attempt.N != 1 {
				t.Errorf("%s: status %s (%d %s), want %s at the first attempt", name, m.Status, m.Code, m.CodeTitle, want)
			}
		}
		if seen != len(all) {
			t.Errorf("%d messages in the thread, want %d", seen, len(all))
		}
		if posts := len(s.calls.to("messages")); posts != len(all) {
			t.Errorf("%d posts for %d messages", posts, len(all))
		}
	})
}
