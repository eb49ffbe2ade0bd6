package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/auth"
	"wasl/internal/coexist"
	"wasl/internal/hook"
	"wasl/internal/mail"
	"wasl/internal/mail/mailtest"
	"wasl/internal/notify"
	"wasl/internal/store"
	"wasl/internal/wa"
	"wasl/metaemu"
)

// everywhere is where a house with every way out tells people.
var everywhere = notify.Address{
	Mail: true, Hooks: []string{"http://hooks.test/wasl"}, Provider: notify.Recipient{Email: "provider@y.test", Locale: notify.English},
}

// ends are the far ends of notices: a mail server, a receiver of hooks, and the
// owner's own phone.
type ends struct {
	post  *mailtest.Server
	owner metaemu.Customer

	mu    sync.Mutex // guards what follows
	hooks []string
	down  bool // the receiver answers with trouble
}

func (e *ends) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	var body struct {
		Kind  string
		Level int
	}
	err := json.Unmarshal(raw, &body)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.down || err != nil || r.Header.Get("webhook-signature") == "" {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	e.hooks = append(e.hooks, strings.TrimSpace(fmt.Sprint(body.Kind, " ", body.Level)))
}

func (e *ends) told() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.hooks...)
}

func (e *ends) trouble(on bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.down = on
}

// tellEverybody gives the house its couriers and far ends.
func (s *spine) tellEverybody() *ends {
	t := s.t
	e := &ends{post: &mailtest.Server{}, owner: must(s.emu.CreateCustomer(metaemu.CustomerSpec{Name: "المالك", ReadsAtOnce: true}))(t)}
	letters, hooks := must(s.net.Listen("mail.test:25"))(t), must(s.net.Listen("hooks.test:80"))(t)
	srv := &http.Server{Handler: e}
	road := &http.Transport{DialContext: s.net.Dial}
	carriers := map[notify.Channel]notify.Carrier{
		notify.Mail:     &mail.Server{Host: "mail.test", Port: 25, Security: mail.Open, From: "wasl@house.test", Public: "https://wasl.test", Dial: s.net.Dial},
		notify.Hook:     &hook.Poster{Secrets: [][]byte{[]byte("secret")}, Road: road},
		notify.Template: notify.Templates{Outbox: s.box},
	}
	ctx, end := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { e.post.Serve(letters) })
	running.Go(func() { _ = srv.Serve(hooks) }) // ends with Close
	for channel, carrier := range carriers {
		wake, deaf := s.db.Listen(store.TopicNotices(channel))
		t.Cleanup(deaf)
		c := &notify.Courier{Channel: channel, Post: s.db, Carrier: carrier, Log: slog.New(slog.DiscardHandler), Wake: wake}
		running.Go(func() { _ = c.Run(ctx) }) // nil when ctx is done
	}
	t.Cleanup(func() {
		end()
		road.CloseIdleConnections()
		_, _ = letters.Close(), srv.Close()
		running.Wait()
	})
	return e
}

// ownerAndAdmin look after the business: one reads Arabic, one English.
func (s *spine) ownerAndAdmin() {
	for _, p := range []struct {
		email  string
		role   auth.Role
		locale notify.Locale
	}{{"owner@x.test", auth.Owner, notify.Arabic}, {"admin@x.test", auth.Admin, notify.English}} {
		id := must(s.db.CreatePerson(s.t.Context(), auth.NewPerson{Business: s.business, Email: p.email, Name: p.email, Role: p.role, PasswordHash: "-"}, time.Now()))(s.t)
		if err := s.db.PutLocale(s.t.Context(), s.business, id, p.locale); err != nil {
			s.t.Fatal(err)
		}
	}
}

// mailed are the subjects of the mails to somebody, without the marks of direction.
func (e *ends) mailed(to string) (out []string) {
	for _, m := range e.post.Mails() {
		if m.To == to {
			out = append(out, strings.NewReplacer("\u2066", "", "\u2068", "", "\u2069", "").Replace(m.Subject))
		}
	}
	return out
}

// beginnings are the beginnings that each of got has, in turn.
func beginnings(t *testing.T, who string, got, want []string) {
	t.Helper()
	ok := len(got) == len(want)
	for i := range min(len(got), len(want)) {
		ok = ok && strings.HasPrefix(got[i], want[i])
	}
	if !ok {
		t.Errorf("%s was told %q, want what begins with %q", who, got, want)
	}
}

// TestMonthOfAForgottenPhone: nobody opens the app, and whoever has to know is told on
// the right days, in their language, by every way there is, and of the end with its
// reason. Messages from a linked computer change nothing. Hours stand for days.
func TestMonthOfAForgottenPhone(t *testing.T) {
	for _, computer := range []bool{false, true} {
		t.Run(fmt.Sprint("a computer writes: ", computer), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { monthOfAForgottenPhone(t, computer) })
		})
	}
}

func monthOfAForgottenPhone(t *testing.T, computer bool) {
	s := moving(t, metaemu.NumberSpec{})
	s.ownerAndAdmin()
	e := s.tellEverybody()
	o := s.begin(s.popup(true))
	begun := time.Now()
	private := notify.Private{Number: o.Number, Phone: e.owner.Digits, Template: "phone_silent", Language: "ar", Sender: o.Number}
	if err := s.db.PutNoticeSettings(t.Context(), s.business, notify.Settings{Mail: true, Private: []notify.Private{private}}); err != nil {
		t.Fatal(err)
	}
	device := must(s.emu.PhoneLinkDevice(s.number.ID, "web"))(t)
	watch := &coexist.Watch{Watched: s.db, Facts: hourly(), Log: slog.New(slog.DiscardHandler)}
	var mailedIn, rangIn []string
	for quarter := range 4 * 16 {
		if computer {
			must(s.emu.PhoneSend(s.number.ID, s.customer.ID, metaemu.Content{Text: "from the desk", Device: device.ID}))(t)
		}
		before, rang := len(e.mailed("owner@x.test")), len(s.rang(e))
		// The receiver of hooks is down when the first reminder comes: it holds up nobody.
		e.trouble(quarter >= 4*6 && quarter < 4*9)
		if err := watch.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.pass(15 * time.Minute)
		hour := fmt.Sprint(int(time.Since(begun) / time.Hour))
		if len(e.mailed("owner@x.test")) > before {
			mailedIn = append(mailedIn, hour)
		}
		if len(s.rang(e)) > rang {
			rangIn = append(rangIn, hour)
		}
	}
	// This phone has no past to share: of that people are told in the first hour.
	if want := []string{"1", "7", "10", "12", "13"}; !slices.Equal(mailedIn, want) {
		t.Errorf("the owner's mail came in the hours %v, want %v", mailedIn, want)
	}
	if want := []string{"7", "10", "12", "13"}; !slices.Equal(rangIn, want) {
		t.Errorf("the owner's phone rang in the hours %v, want %v", rangIn, want)
	}
	if err := s.emu.PhoneDisconnect(s.number.ID, "PRIMARY_INACTIVITY"); err != nil {
		t.Fatal(err)
	}
	s.pass(time.Hour)
	number := s.number.Display
	for _, text := range s.rang(e) {
		if !strings.Contains(text, number) || !strings.Contains(text, "ديسمبر 2026") {
			t.Errorf("on the owner's phone: %q, want the number and the day", text)
		}
	}
	beginnings(t, "the owner", e.mailed("owner@x.test"), []string{
		"لم تصل بعد ", "لم تصل بعد ", "افتح واتساب للأعمال على هاتف", "تذكير ثانٍ: ", "عاجل: ", "تذكير أخير: ", "لم يعد الرقم " + number + " متصلًا",
	})
	english := []string{"The ", "The ", "Open WhatsApp Business on the phone of " + number, "Second reminder: ", "Urgent: ", "Last reminder: ", number + " is no longer connected"}
	beginnings(t, "the admin", e.mailed("admin@x.test"), english)
	beginnings(t, "the provider", e.mailed("provider@y.test"), english)
	mails := e.post.Mails()
	for _, m := range mails[len(mails)-3:] {
		if !strings.Contains(m.Plain, "The app was not opened on the phone for too long.") && !strings.Contains(m.Plain, "لم يُفتح التطبيق على الهاتف مدة طويلة.") {
			t.Errorf("the end is not explained: %s", m.Plain)
		}
	}
	// The first reminder waited for the receiver; none is told twice, and the order of
	// days is kept.
	if got, want := e.told(), []string{"sync_overdue 0", "sync_overdue 0", "phone_silent 1", "phone_silent 2", "phone_silent 3", "phone_silent 4", "disconnected 0"}; !slices.Equal(got, want) {
		t.Errorf("hooks: %v, want %v", got, want)
	}
	s.everyNoticeSettled(o.Number)
	if b := s.emu.HardBreaches(); len(b) > 0 {
		t.Errorf("breaches: %v", b)
	}
}

// rang are the messages on the owner's own phone, as they are read there.
func (s *spine) rang(e *ends) (texts []string) {
	s.t.Helper()
	for _, chat := range must(s.emu.Customer(e.owner.ID, 20))(s.t).Chats {
		for _, m := range chat.Messages {
			if m.Template != nil {
				texts = append(texts, m.Template.Body)
			}
		}
	}
	return texts
}

// reminder is the owner's template, approved by Meta.
var reminder = metaemu.Template{Name: "phone_silent", Language: "ar", Category: "utility", Components: json.RawMessage(
	`[{"type":"BODY","text":"لم يُفتح هاتف {{1}} منذ أيام. الأيام الباقية: {{2}}، والموعد {{3}}، فافتح التطبيق.",` +
		`"example":{"body_text":[["+966 50 000 0000","3","1 يناير 2027"]]}}]`)}

// everyNoticeSettled fails if a delivery has not ended well.
func (s *spine) everyNoticeSettled(n wa.NumberID) {
	s.t.Helper()
	for _, x := range must(s.db.Notices(s.t.Context(), s.business, "", notify.Mark{}, 50))(s.t) {
		for _, d := range x.Deliveries {
			if x.Number == n && d.State != notify.Sent {
				s.t.Errorf("%s by %s: %+v, want it sent", x.Kind, d.Channel, d)
			}
			if d.Channel == notify.Template && d.Status != wa.Read {
				s.t.Errorf("the owner's message: %s, want it read", d.Status)
			}
		}
	}
}
