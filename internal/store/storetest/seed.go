package storetest

import (
	"fmt"
	"hash/fnv"
	"testing"
	"time"

	"wasl/internal/auth"
	"wasl/internal/desk"
	"wasl/internal/id"
	"wasl/internal/store"
	"wasl/internal/wa"
)

// Seed plants rows of one Business, the way the engines would have written them.
type Seed struct {
	Opened
	Business wa.BusinessID
	t        testing.TB
	told     *[1]int // how often it was told something
}

// Plant makes a Business.
func (o Opened) Plant(t testing.TB, name string) Seed {
	t.Helper()
	b, err := o.DB.CreateBusiness(t.Context(), name, Noon)
	if err != nil {
		t.Fatalf("plant business: %v", err)
	}
	return Seed{Opened: o, Business: b, t: t, told: new([1]int)}
}

// Exec runs one statement past the store.
func (s Seed) Exec(query string, args ...any) {
	s.t.Helper()
	if _, err := s.Raw.ExecContext(s.t.Context(), query, args...); err != nil {
		s.t.Fatalf("plant: %v", err)
	}
}

// Person plants a member with a password hash that nothing matches.
func (s Seed) Person(email string, role auth.Role) wa.PersonID {
	s.t.Helper()
	p, err := s.DB.CreatePerson(s.t.Context(), auth.NewPerson{Business: s.Business, Email: email, Name: email, Role: role, PasswordHash: "-"}, Noon)
	if err != nil {
		s.t.Fatalf("plant person: %v", err)
	}
	return p
}

// Number plants a Number whose phone number id and WABA are made from name.
func (s Seed) Number(name string) wa.NumberID {
	s.t.Helper()
	display := "+966 50 111 2222"
	if name != "riyadh" { // two Numbers of a Business are not dialled alike
		h := fnv.New32a()
		_, _ = h.Write([]byte(name)) // never fails
		display = fmt.Sprintf("+966 55 %07d", h.Sum32()%10_000_000)
	}
	n, err := s.DB.AddNumber(s.t.Context(), store.NewNumber{
		Business: s.Business, PhoneNumberID: wa.PhoneNumberID("pn-" + name), WABAID: wa.WABAID("waba-" + name),
		Display: display, Name: name, Mode: "coexistence", Token: []byte("token-" + name),
	}, Noon)
	if err != nil {
		s.t.Fatalf("plant number: %v", err)
	}
	return n
}

// Contact plants a contact known by a phone.
func (s Seed) Contact(name, phone string) wa.ContactID {
	s.t.Helper()
	c := wa.ContactID(id.New("cnt"))
	s.Exec("INSERT INTO contact (business_id, id, name, phone, folded, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
		string(s.Business), string(c), name, phone, desk.FoldAll(name, phone), Noon.UnixMicro())
	s.Exec("INSERT INTO identity (business_id, natural_key, contact_id) VALUES ($1, $2, $3)",
		string(s.Business), "phone:"+phone, string(c))
	return c
}

// Conversation plants a conversation in which nothing was said yet.
func (s Seed) Conversation(number wa.NumberID, contact wa.ContactID) wa.ConversationID {
	s.t.Helper()
	c := wa.ConversationID(id.New("con"))
	s.Exec("INSERT INTO conversation (business_id, id, number_id, contact_id, created_at) VALUES ($1, $2, $3, $4, $5)",
		string(s.Business), string(c), string(number), string(contact), Noon.UnixMicro())
	return c
}

// Said is a message to be planted; zero fields mean a live text of the customer.
type Said struct {
	In        wa.ConversationID
	Number    wa.NumberID
	Contact   wa.ContactID
	At        time.Time
	WAMID     wa.WAMID // empty: none yet
	Direction wa.Direction
	Origin    wa.Origin
	From      wa.Provenance
	Status    wa.Status
	Text      string
	ReplyTo   wa.WAMID
}

// Say plants a message and moves its conversation up.
func (s Seed) Say(m Said) wa.MessageID {
	s.t.Helper()
	if m.Direction == "" {
		m.Direction, m.Origin, m.Status = wa.In, wa.FromCustomer, wa.Arrived
	}
	if m.From == "" {
		m.From = wa.Live
	}
	message := wa.MessageID(id.New("msg"))
	var wamid any
	key := string(message)
	if m.WAMID != "" {
		wamid, key = string(m.WAMID), string(m.WAMID)
	}
	at := m.At.UnixMicro()
	s.Exec(`INSERT INTO message (business_id, id, number_id, conversation_id, contact_id, wamid, direction, origin, provenance, type, status, at, reply_to)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'text', $10, $11, $12)`,
		string(s.Business), string(message), string(m.Number), string(m.In), string(m.Contact), wamid, string(m.Direction), string(m.Origin),
		string(m.From), string(m.Status), at, string(m.ReplyTo))
	s.Exec("INSERT INTO message_body (business_id, message_id, content, text) VALUES ($1, $2, $3, $4)",
		string(s.Business), string(message), fmt.Sprintf(`{"type":"text","text":{"body":%q}}`, m.Text), m.Text)
	order := fmt.Sprintf("%020d|%s|%s", at, m.Direction, key)
	s.Exec(`UPDATE conversation SET last_message = CASE WHEN last_order < $3 THEN $4 ELSE last_message END,
		last_order = CASE WHEN last_order < $3 THEN $3 ELSE last_order END, last_at = CASE WHEN last_at < $5 THEN $5 ELSE last_at END
		WHERE business_id = $1 AND id = $2`, string(s.Business), string(m.In), order, string(message), at)
	if m.Direction == wa.In && m.From == wa.Live {
		s.Exec("UPDATE conversation SET opened_at = $3 WHERE business_id = $1 AND id = $2 AND opened_at < $3",
			string(s.Business), string(m.In), at)
	}
	return message
}
