package mail_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/internal/coexist"
	"wasl/internal/mail"
	"wasl/internal/mail/mailtest"
	"wasl/internal/memnet"
	"wasl/internal/notify"
)

var update = flag.Bool("update", false, "write the golden files")

func letter(l notify.Locale) notify.Letter {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	return notify.Letter{
		Notice: notify.Notice{
			Business: "biz_1", ID: "ntc_7", Kind: notify.PhoneSilent, Number: "num_1", Level: 3, At: at, Until: at.Add(24 * time.Hour),
		},
		Delivery: notify.Delivery{Channel: notify.Mail, Recipient: "owner@x.test", Locale: l, State: notify.Due},
		Place:    notify.Place{Business: "Palm & Sons · مخبز النخلة", Zone: "Asia/Riyadh", Number: "+966 50 111 2222", Stage: coexist.Live},
	}
}

// TestMailWordForWord: a whole mail, in both languages.
func TestMailWordForWord(t *testing.T) {
	for _, l := range []notify.Locale{notify.English, notify.Arabic} {
		t.Run(string(l), func(t *testing.T) {
			m := mail.Compose(letter(l), "https://wasl.test")
			got := strings.NewReplacer("\u2066", "<lri>", "\u2068", "<fsi>", "\u2069", "<pdi>").Replace(m.Subject + "\n====\n" + m.Plain + "====\n" + m.HTML)
			path := filepath.Join("testdata", "mail."+string(l)+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (write it anew with -update, and read it):\n%s", path, diff)
			}
		})
	}
}

// posting is a mail server, and what sends to it.
func posting(t *testing.T) (*mailtest.Server, *mail.Server) {
	net := memnet.New()
	l, err := net.Listen("mail.test:25")
	if err != nil {
		t.Fatal(err)
	}
	sink, done := &mailtest.Server{}, make(chan struct{})
	go func() { sink.Serve(l); close(done) }()
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return sink, &mail.Server{Host: "mail.test", Port: 25, Security: mail.Open, From: "Wasl <wasl@house.test>", Public: "https://wasl.test", Dial: net.Dial}
}

// TestMailArrives: what was written is what is read, and a repetition can be known as
// one.
func TestMailArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink, s := posting(t)
		for range 2 {
			if _, err := s.Carry(t.Context(), letter(notify.Arabic)); err != nil {
				t.Fatal(err)
			}
		}
		other := letter(notify.Arabic)
		other.Recipient = "admin@x.test"
		if _, err := s.Carry(t.Context(), other); err != nil {
			t.Fatal(err)
		}
		got := sink.Mails()
		if len(got) != 3 {
			t.Fatalf("%d mails, want 3", len(got))
		}
		want := mail.Compose(letter(notify.Arabic), "https://wasl.test")
		m := got[0]
		if m.From != "wasl@house.test" || m.To != "owner@x.test" || m.Subject != want.Subject || m.Plain != want.Plain || m.HTML != want.HTML {
			t.Errorf("mail = %+v, want %+v", m, want)
		}
		id := func(i int) string { return got[i].Header.Get("Message-Id") }
		if id(0) == "" || id(0) != id(1) || id(0) == id(2) || strings.Contains(id(2), "admin") {
			t.Errorf("message ids: %s, %s, %s: want the same for a repetition alone", id(0), id(1), id(2))
		}
		if m.Header.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("headers = %v: an answering machine would answer", m.Header)
		}
	})
}

// TestMailTrouble: what a server says decides whether a mail is tried again.
func TestMailTrouble(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*mailtest.Server, *mail.Server, *notify.Letter)
		reason string
		final  bool
	}{
		"nobody there":           {func(_ *mailtest.Server, s *mail.Server, _ *notify.Letter) { s.Port = 26 }, mail.NotReached, false},
		"it hangs up":            {func(k *mailtest.Server, _ *mail.Server, _ *notify.Letter) { k.Drop(true) }, mail.NotReached, false},
		"no secret connection":   {func(_ *mailtest.Server, s *mail.Server, _ *notify.Letter) { s.Security = mail.StartTLS }, mail.NotReached, false},
		"the box is full":        {func(k *mailtest.Server, _ *mail.Server, _ *notify.Letter) { k.Answer("RCPT", "452 full") }, mail.NotTaken, false},
		"there is no such box":   {func(k *mailtest.Server, _ *mail.Server, _ *notify.Letter) { k.Answer("RCPT", "550 no such user") }, mail.Refused, true},
		"later, after all of it": {func(k *mailtest.Server, _ *mail.Server, _ *notify.Letter) { k.Answer(".", "451 try later") }, mail.NotTaken, false},
		"never, after all of it": {func(k *mailtest.Server, _ *mail.Server, _ *notify.Letter) { k.Answer(".", "554 spam") }, mail.Refused, true},
		"no address":             {func(_ *mailtest.Server, _ *mail.Server, l *notify.Letter) { l.Recipient = "nobody" }, mail.BadAddress, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink, s := posting(t)
				l := letter(notify.English)
				tt.change(sink, s, &l)
				_, err := s.Carry(t.Context(), l)
				trouble, ok := err.(*notify.Trouble)
				if !ok || trouble.Reason != tt.reason || trouble.Final != tt.final {
					t.Errorf("Carry: %v (%+v), want %s, final %v", err, trouble, tt.reason, tt.final)
				}
				if n := len(sink.Mails()); n != 0 {
					t.Errorf("%d mails were taken", n)
				}
			})
		})
	}
}
