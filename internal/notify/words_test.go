package notify_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/internal/notify"
)

var update = flag.Bool("update", false, "write the golden files")

// told is everything that is ever told, each in the shape it has.
func told() []notify.Notice {
	until := time.Date(2026, 11, 25, 22, 30, 0, 0, time.UTC) // the 26th in Riyadh
	var list []notify.Notice
	for level := 1; level <= 4; level++ {
		list = append(list, notify.Notice{Kind: notify.PhoneSilent, Level: level, Until: until})
	}
	for _, reason := range []string{
		"", "PRIMARY_INACTIVITY", "COMPANION_INACTIVITY", "BUSINESS_DOWNGRADE", "CHANGE_NUMBER", "USER_RE_REGISTERED", "ACCOUNT_DISCONNECTED",
	} {
		list = append(list, notify.Notice{Kind: notify.Disconnected, Reason: reason})
	}
	list = append(list, notify.Notice{Kind: notify.Suspended}, notify.Notice{Kind: notify.Reconnected})
	for _, k := range []notify.Kind{notify.SyncDeclined, notify.SyncOverdue, notify.SyncFailed} {
		list = append(list, notify.Notice{Kind: k, About: "history"}, notify.Notice{Kind: k, About: "contacts"})
	}
	for _, reason := range []string{
		"", "token_missing", "token_refused", "permission_missing", "policy_blocked", "account_locked", "not_registered", "payment_missing",
	} {
		list = append(list, notify.Notice{Kind: notify.Stopped, Reason: reason})
	}
	return append(list, notify.Notice{Kind: notify.Test})
}

// golden compares with a file of testdata, or writes it. Marks that nobody sees are
// written out, so that somebody does.
func golden(t *testing.T, name, got string) {
	t.Helper()
	got = strings.NewReplacer("\u2066", "<lri>", "\u2068", "<fsi>", "\u2069", "<pdi>").Replace(got)
	path := filepath.Join("testdata", name)
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
		t.Errorf("%s (write it anew with -update, and read it):\n%s", name, diff)
	}
}

// TestWordForWord: everything that is told, in both languages.
func TestWordForWord(t *testing.T) {
	place := notify.Place{Business: "Palm Bakery · مخبز النخلة", Zone: "Asia/Riyadh", Number: "+966 50 111 2222"}
	for _, l := range []notify.Locale{notify.English, notify.Arabic} {
		t.Run(string(l), func(t *testing.T) {
			var b strings.Builder
			for _, n := range told() {
				w := notify.Write(n, place, l)
				fmt.Fprintf(&b, "-- %s\n%s\n%s\n%s\n\n", strings.TrimSpace(fmt.Sprint(n.Kind, " ", n.Level, " ", n.About, n.Reason)), w.Title, w.Text, w.Do)
			}
			golden(t, "words."+string(l)+".txt", b.String())
		})
	}
}

// TestDaysLeftInATemplate: the three variables of the owner's template.
func TestDaysLeftInATemplate(t *testing.T) {
	place := notify.Place{Business: "Palm", Zone: "Asia/Riyadh", Number: "+966 50 111 2222"}
	until := noon.Add(13 * 24 * time.Hour)
	for name, tt := range map[string]struct {
		n    notify.Notice
		l    notify.Locale
		now  time.Time
		want string
	}{
		"six days left, told a quarter of an hour late": {notify.Notice{Kind: notify.PhoneSilent, Until: until}, notify.English, until.Add(-6*24*time.Hour + 15*time.Minute), "+966 50 111 2222|6|5 December 2026"},
		"the last day":           {notify.Notice{Kind: notify.PhoneSilent, Until: until}, notify.Arabic, until.Add(-24 * time.Hour), "+966 50 111 2222|1|5 ديسمبر 2026"},
		"it is over":             {notify.Notice{Kind: notify.PhoneSilent, Until: until}, notify.Arabic, until.Add(30 * time.Hour), "+966 50 111 2222|0|5 ديسمبر 2026"},
		"a test has its own day": {notify.Notice{Kind: notify.Test}, notify.English, noon, "+966 50 111 2222|0|22 November 2026"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(notify.Variables(tt.n, place, tt.l, tt.now), "|"); got != tt.want {
				t.Errorf("Variables = %s, want %s", got, tt.want)
			}
		})
	}
}
