package metaemu

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// ContactSpec is an entry of the phone's address book.
type ContactSpec struct {
	Digits string `json:"digits"`
	Name   string `json:"name"`
}

type phoneContact struct{ digits, name string }

// syncWithin is how long after onboarding smb_app_data may be called.
const syncWithin = 24 * time.Hour

// postSync is POST /{number}/smb_app_data: each type once per onboarding, within
// 24 hours of it. Which of the two errors wins when both apply is unknown; here
// it is the first.
func (e *Emulator) postSync(c *call, n *number) answer {
	kind := c.query("sync_type")
	switch {
	case !n.Coexistence || n.Stage == StageDisconnected:
		return e.refuse(fail(100, "This number is not connected to the WhatsApp Business App."))
	case c.query("messaging_product") != "whatsapp":
		return e.refuse(badParameter("The parameter messaging_product is required."))
	case kind != "history" && kind != "smb_app_state_sync":
		return e.refuse(badParameter("Param sync_type must be one of {SMB_APP_STATE_SYNC, HISTORY} - got \"" + kind + "\"."))
	case e.faults.SyncWindowError != 0:
		return e.refuse(fail(e.faults.SyncWindowError, "A fault switched on in the emulator."))
	case n.synced[kind]:
		return e.refuse(fail(2593107, "The synchronization request for this type has been made already since the number was onboarded"))
	case c.arrived.Sub(n.Onboarded) > syncWithin:
		return e.refuse(fail(2593108, "Synchronization request can only be made within 24 hours of onboarding"))
	}
	n.synced[kind] = true
	switch {
	case e.habits.SilentSync:
	case kind == "history":
		e.syncHistory(n, c.arrived)
	default:
		e.syncContacts(n, c.arrived)
	}
	id := e.hexID("request", 16)
	var o wire.Object
	o.Str("messaging_product", "whatsapp").Str("request_id", strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-"))
	return answer{http: http.StatusOK, body: o.Bytes()}
}

// contactsPerWebhook splits large address books.
const contactsPerWebhook = 500

// syncContacts tells the address book: a small one in one webhook, a large one
// in several, in no order (§4.5, §8.4).
func (e *Emulator) syncContacts(n *number, at time.Time) {
	book, size := n.book, max(1, min(contactsPerWebhook, e.maxBody()/framing))
	if len(book) > size {
		book = slices.Clone(book)
		e.rng.Shuffle(len(book), func(i, j int) { book[i], book[j] = book[j], book[i] })
	}
	for i, part := range slices.Collect(slices.Chunk(book, size)) {
		items := make([][]byte, len(part))
		for j, pc := range part {
			items[j] = e.contactItem(n, pc, "add", at)
		}
		e.plan(at, time.Duration(i+1)*200*time.Millisecond, "contacts.part", contactsDeed{n, items})
	}
}

func (e *Emulator) emitContacts(n *number, items [][]byte, at time.Time) {
	if n.Stage == StageLive {
		e.emit(n, "smb_app_state_sync", valueOf(n).List("state_sync", items...).Bytes(), at)
	}
}

// contactItem is one element of state_sync. A removal carries no names (§4.5).
func (e *Emulator) contactItem(n *number, pc phoneContact, action string, at time.Time) []byte {
	var c, meta, o wire.Object
	if action == "add" {
		first, _, _ := strings.Cut(pc.name, " ")
		c.Str("full_name", pc.name).Str("first_name", first)
	}
	c.Str("phone_number", pc.digits)
	if cu := e.byDigits[pc.digits]; cu != nil {
		c.Str("user_id", e.userIDOf(cu, n.Portfolio))
	}
	return o.Str("type", "contact").Obj("contact", &c).Str("action", action).Obj("metadata", meta.Str("timestamp", e.bookTime(at))).Bytes()
}

// putContact adds or renames an entry of the address book, which is sorted.
func (e *Emulator) putContact(n *number, s ContactSpec) error {
	digits, ok := digitsOf(s.Digits)
	if !ok {
		return fmt.Errorf("contact %q has no phone number: write digits with the country code", s.Name)
	}
	pc := phoneContact{digits, or(s.Name, digits)}
	i, found := slices.BinarySearchFunc(n.book, pc, func(a, b phoneContact) int { return strings.Compare(a.digits, b.digits) })
	if found {
		n.book[i] = pc
		return nil
	}
	n.book = slices.Insert(n.book, i, pc)
	return nil
}

// PhoneContact adds, renames or (with remove) deletes an entry of the phone's
// address book. Live numbers tell about it.
func (e *Emulator) PhoneContact(numberID string, s ContactSpec, remove bool) error {
	e.enter()
	defer e.mu.Unlock()
	n, err := e.phoneOf(numberID)
	if err != nil {
		return err
	}
	at := e.clock.Now()
	action := "add"
	if remove {
		action = "remove"
		digits, _ := digitsOf(s.Digits)
		had := len(n.book)
		n.book = slices.DeleteFunc(n.book, func(pc phoneContact) bool { return pc.digits == digits })
		if len(n.book) == had {
			return fmt.Errorf("the address book has no %q", s.Digits)
		}
	} else if err := e.putContact(n, s); err != nil {
		return err
	}
	digits, _ := digitsOf(s.Digits)
	e.signOfLife(n, at)
	e.emitContacts(n, [][]byte{e.contactItem(n, phoneContact{digits, or(s.Name, digits)}, action, at)}, at)
	e.announce("numbers")
	return nil
}

// PastThread is one chat of a number's past.
type PastThread struct {
	With     string        `json:"with"` // the customer's digits
	Messages []PastMessage `json:"messages"`
}

// PastMessage is one message of a number's past. Its time is At, or Ago before
// the number was created.
type PastMessage struct {
	FromMe bool       `json:"from_me"`
	Type   string     `json:"type"` // text if empty
	Text   string     `json:"text"`
	Object jsonObject `json:"object"`
	At     time.Time  `json:"at"`
	Ago    string     `json:"ago"`
	Status string     `json:"status"` // read if empty
	WAMID  string     `json:"wamid"`  // invented if empty
}

type pastThread struct {
	with     string
	messages []pastMessage
}

type pastMessage struct {
	with, wamid, typ, status string
	fromMe                   bool
	at                       time.Time
	content                  []byte
}

// parseHistory reads a number of messages to invent or a list of PastThread.
func (e *Emulator) parseHistory(raw json.RawMessage) ([]pastThread, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var count int
	if json.Unmarshal(raw, &count) == nil {
		return e.inventHistory(count), nil
	}
	var threads []PastThread
	if err := json.Unmarshal(raw, &threads); err != nil {
		return nil, fmt.Errorf("history is a number of messages, or a list of {\"with\", \"messages\": [{\"from_me\", \"text\", \"ago\"}]}: %w", err)
	}
	var past []pastThread
	for _, t := range threads {
		digits, ok := digitsOf(t.With)
		if !ok {
			return nil, fmt.Errorf("history: %q is no phone number", t.With)
		}
		p := pastThread{with: digits}
		for _, m := range t.Messages {
			pm, err := e.pastMessage(digits, m)
			if err != nil {
				return nil, fmt.Errorf("history with %s: %w", digits, err)
			}
			p.messages = append(p.messages, pm)
		}
		past = append(past, p)
	}
	return past, nil
}

func (e *Emulator) pastMessage(with string, m PastMessage) (pastMessage, error) {
	content, _, err := e.contentOf(Content{Type: m.Type, Text: m.Text, Object: m.Object})
	if err != nil {
		return pastMessage{}, err
	}
	at := m.At
	if at.IsZero() {
		ago, err := parseSpan(or(m.Ago, "1h"))
		if err != nil {
			return pastMessage{}, err
		}
		at = e.clock.Now().Add(-ago)
	}
	return pastMessage{
		with: with, wamid: or(m.WAMID, e.wamid(with, m.FromMe)), typ: or(m.Type, "text"), status: strings.ToLower(or(m.Status, "read")),
		fromMe: m.FromMe, at: at, content: content,
	}, nil
}

// inventHistory spreads count messages over 180 days and up to 40 customers,
// with a picture now and then.
func (e *Emulator) inventHistory(count int) []pastThread {
	threads := make([]pastThread, min(40, (count+9)/10))
	now := e.clock.Now()
	for i := range threads {
		threads[i].with, _ = e.freshDigits("", "US", "past")
	}
	for i := range count {
		t := &threads[i%len(threads)]
		// Squaring puts more of it into the recent past, as chats are.
		age := float64(count-i) / float64(count)
		at := now.Add(-time.Duration(age * age * 179 * 24 * float64(time.Hour)))
		pm := pastMessage{with: t.with, typ: "text", status: "read", fromMe: i%3 == 1, at: at.Add(-time.Minute)}
		pm.wamid = e.wamid(t.with, pm.fromMe)
		if i%25 == 24 {
			pm.typ, pm.content = "image", e.inventMedia("image", fmt.Sprintf("Picture %d", i+1))
		} else {
			var o wire.Object
			pm.content = o.Str("body", fmt.Sprintf("Message %d", i+1)).Bytes()
		}
		t.messages = append(t.messages, pm)
	}
	return threads
}
