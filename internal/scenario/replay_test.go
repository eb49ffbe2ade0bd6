package scenario_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"wasl/internal/store/storetest"
	"wasl/internal/webhook"
)

// everything is every payload there is that can stand in a batch, and 1,000
// messages more.
func everything(t *testing.T) [][]byte {
	var bodies [][]byte
	for _, p := range payloads(t) {
		bodies = append(bodies, p.body)
	}
	for _, s := range stories(t) {
		for _, b := range s.bodies {
			if inOrder[s.String()] == "" && webhook.Normalize(b).Broken == "" {
				bodies = append(bodies, b)
			}
		}
	}
	r := rand.New(rand.NewPCG(2, 2))
	for i := range 1000 {
		bodies = append(bodies, genuine(r, i))
	}
	return bodies
}

// TestT2ReplayedDeliveriesChangeNothing: everything there is, twenty times
// over, shuffled and in batches of a thousand: not a row of state more, not an
// entry of the journal.
func TestT2ReplayedDeliveriesChangeNothing(t *testing.T) {
	bodies := everything(t)
	both(t, func(t *testing.T, open storetest.Open) {
		h := openHouse(t, open)
		for _, b := range bodies {
			if status := h.ask(b, []string{sign(b)}); status != 200 {
				t.Fatalf("answer = %d, want 200", status)
			}
			h.posted++
		}
		h.settle()
		h.conserved()
		dump, counts, journal := h.canonical(), h.stateCounts(), h.entries()
		rounds := 20
		if strings.Contains(t.Name(), "postgres") {
			rounds = 3
		}
		r := rand.New(rand.NewPCG(3, 3))
		for range rounds {
			again := shuffled(r, bodies)
			for len(again) > 0 {
				n := min(1000, len(again))
				h.post(batch(t, again[:n]))
				again = again[n:]
			}
			h.settle()
		}
		h.conserved()
		if got := h.entries(); got != journal {
			t.Errorf("the journal grew from %d to %d entries", journal, got)
		}
		if got := h.stateCounts(); got != counts {
			t.Errorf("rows were %s\nand are    %s", counts, got)
		}
		if got := h.canonical(); got != dump {
			t.Error("the rows say otherwise than before")
		}
	})
}

// stateCounts is rowCounts without the deliveries and the fragments they leave.
func (h *house) stateCounts() string {
	var out []string
	for _, f := range strings.Fields(h.rowCounts()) {
		if !strings.HasPrefix(f, "delivery=") && !strings.HasPrefix(f, "delivery_body=") && !strings.HasPrefix(f, "inbound=") {
			out = append(out, f)
		}
	}
	return strings.Join(out, " ")
}

// TestThousandUpdatesInThreeMegabytes: the largest delivery Meta sends
// (coexistence-protocol §4.1) is kept, and applied whole.
func TestThousandUpdatesInThreeMegabytes(t *testing.T) {
	both(t, func(t *testing.T, open storetest.Open) {
		h := openHouse(t, open)
		text := strings.Repeat(`\u0633\u0644\u0627\u0645 `, 120)
		var items []string
		for i := range 500 {
			items = append(items, fmt.Sprintf(`{"from":"4477009%05d","id":"wamid.B%d","timestamp":"1794872300","type":"text","text":{"body":"%s%s"}}`, i%50, i, text, text))
		}
		var statuses []string
		for i := range 500 {
			statuses = append(statuses, fmt.Sprintf(`{"id":"wamid.C%d","status":"sent","timestamp":"1794872300","recipient_id":"4477009%05d"}`, i, i%50))
		}
		body := fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"275590018334460","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550142077","phone_number_id":"308811472206915"},"messages":[%s],"statuses":[%s]}}]}]}`,
			strings.Join(items, ","), strings.Join(statuses, ","))
		if len(body) < 3_000_000 {
			t.Fatalf("the body has only %d bytes", len(body))
		}
		h.post(body)
		h.settle()
		h.conserved()
		if got := h.query("SELECT (SELECT COUNT(*) FROM message), (SELECT COUNT(*) FROM status_report), (SELECT COUNT(*) FROM conversation)")[0]; got != "500|500|50" {
			t.Errorf("messages|reports|conversations = %s, want 500|500|50", got)
		}
	})
}

// TestT28ForgedOpaqueData: 10,000 statuses that claim to be about an open attempt
// without knowing our key settle nothing; one that knows it does.
func TestT28ForgedOpaqueData(t *testing.T) {
	h := openHouse(t, quick)
	const attempt = "attempt0000000000000000001"
	h.plantAttempt(attempt)
	state := func() string {
		return h.query(`SELECT COALESCE(a.outcome, 'open'), a.wamid, i.state, m.status, COALESCE(m.wamid, '') FROM attempt a
			JOIN outbox_item i ON i.id = a.item_id JOIN message m ON m.id = a.item_id`)[0]
	}
	if got := state(); got != "open||sending|sending|" {
		t.Fatalf("planted %s", got)
	}
	mac := hex.EncodeToString(storetest.Sealer().MAC("opaque id", attempt))
	r := rand.New(rand.NewPCG(28, 28))
	forged := func(i int) string {
		other := []byte(mac)
		at := r.IntN(len(other))
		other[at] = "0123456789abcdef"[(strings.IndexByte("0123456789abcdef", other[at])+1+r.IntN(14))%16]
		return []string{
			"v1." + attempt + "." + string(other),
			"v1." + attempt + "." + mac[:r.IntN(len(mac))],
			"v1." + attempt,
			attempt,
			"v2." + attempt + "." + mac,
			"v1." + strings.ToUpper(attempt) + "." + mac,
			"v1." + attempt + "." + mac + "00",
			"v1.attempt00000000000000000" + fmt.Sprint(20+i%80) + "." + mac,
		}[i%8]
	}
	var b bytes.Buffer
	for batch := range 10 {
		b.Reset()
		for i := range 1000 {
			if i > 0 {
				b.WriteByte(',')
			}
			opaque := forged(i)
			if opaque == "v1."+attempt+"."+mac {
				t.Fatal("a forgery is genuine")
			}
			fmt.Fprintf(&b, `{"id":"wamid.F%d.%d","status":"delivered","timestamp":"1794872300","recipient_id":"447700900183","biz_opaque_callback_data":%q}`, batch, i, opaque)
		}
		h.post(statuses(b.String()))
		h.settle()
	}
	if got := state(); got != "open||sending|sending|" {
		t.Errorf("after 10,000 forged statuses the attempt is %s", got)
	}
	h.post(statuses(fmt.Sprintf(`{"id":"wamid.TRUE","status":"delivered","timestamp":"1794872300","recipient_id":"447700900183","biz_opaque_callback_data":"v1.%s.%s"}`, attempt, mac)))
	h.settle()
	h.conserved()
	if got := state(); got != "accepted|wamid.TRUE|done|delivered|wamid.TRUE" {
		t.Errorf("after the true one the attempt is %s, want it settled", got)
	}
}

func statuses(items string) []byte {
	return fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"275590018334460","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550142077","phone_number_id":"308811472206915"},"statuses":[%s]}}]}]}`, items)
}

// plantAttempt plants a message that is on the road under an attempt.
func (h *house) plantAttempt(attempt string) {
	b := string(h.business)
	number := h.query("SELECT id FROM number WHERE phone_number_id = '308811472206915'")[0]
	for _, q := range []string{
		"INSERT INTO contact (business_id, id, created_at) VALUES ('%[1]s', 'cnt_1', 1)",
		"INSERT INTO identity (business_id, natural_key, contact_id) VALUES ('%[1]s', 'phone:447700900183', 'cnt_1')",
		"INSERT INTO conversation (business_id, id, number_id, contact_id, created_at) VALUES ('%[1]s', 'con_1', '%[2]s', 'cnt_1', 1)",
		"INSERT INTO message (business_id, id, number_id, conversation_id, contact_id, direction, origin, provenance, type, status, at) VALUES ('%[1]s', 'msg_1', '%[2]s', 'con_1', 'cnt_1', 'out', 'agent', 'live', 'text', 'sending', 1794872290000000)",
		"INSERT INTO message_body (business_id, message_id, content, text) VALUES ('%[1]s', 'msg_1', '{}', '')",
		"INSERT INTO outbox_item (business_id, id, number_id, conversation_id, contact_id, kind, lane, state, order_at, due_at, origin) VALUES ('%[1]s', 'msg_1', '%[2]s', 'con_1', 'cnt_1', 'message', 'person', 'sending', 1, 1, 'agent')",
		"INSERT INTO attempt (business_id, id, item_id, number_id, conversation_id, contact_id, n, epoch, started_at, deadline_at, free_at, body_sha256) VALUES ('%[1]s', '" + attempt + "', 'msg_1', '%[2]s', 'con_1', 'cnt_1', 1, 0, 1, 2, 3, '')",
	} {
		h.exec(fmt.Sprintf(q, b, number))
	}
}
