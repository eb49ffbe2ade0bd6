package notify_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/internal/coexist"
	"wasl/internal/notify"
	"wasl/internal/wa"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func changed(f wa.Facts) wa.Entry {
	return wa.Entry{Business: "biz_1", Seq: 7, At: noon, Kind: wa.NumberChangedKind, Number: "num_1", Facts: f}
}

// TestWhatPeopleAreTold: which entries of the journal are told, and as what.
func TestWhatPeopleAreTold(t *testing.T) {
	for name, tt := range map[string]struct {
		entry wa.Entry
		want  notify.Notice // without what is the same for all; Kind empty: not told
	}{
		"a silent phone": {
			changed(wa.Facts{Field: "heartbeat", Event: coexist.PhoneSilent, Count: 3, Reason: "at_risk", Until: noon.Add(24 * time.Hour)}),
			notify.Notice{Kind: notify.PhoneSilent, Level: 3, Reason: "at_risk", Until: noon.Add(24 * time.Hour)},
		},
		"an owner who confirms": {changed(wa.Facts{Field: "heartbeat", Event: coexist.OwnerConfirmed}), notify.Notice{}},
		"disconnected": {
			changed(wa.Facts{Field: "stage", Event: "disconnected", Reason: "PRIMARY_INACTIVITY"}),
			notify.Notice{Kind: notify.Disconnected, Reason: "PRIMARY_INACTIVITY"},
		},
		"suspended":        {changed(wa.Facts{Field: "stage", Event: "suspended"}), notify.Notice{Kind: notify.Suspended}},
		"connected again":  {changed(wa.Facts{Field: "stage", Event: "live"}), notify.Notice{Kind: notify.Reconnected}},
		"history declined": {changed(wa.Facts{Field: "sync_history", Event: "declined"}), notify.Notice{Kind: notify.SyncDeclined, About: "history"}},
		"history silent":   {changed(wa.Facts{Field: "sync_history", Event: "silent"}), notify.Notice{Kind: notify.SyncOverdue, About: "history"}},
		"contacts failed":  {changed(wa.Facts{Field: "sync_contacts", Event: "failed"}), notify.Notice{Kind: notify.SyncFailed, About: "contacts"}},
		"asked too late":   {changed(wa.Facts{Field: "sync_history", Event: "too_late"}), notify.Notice{Kind: notify.SyncFailed, About: "history"}},
		"asked twice":      {changed(wa.Facts{Field: "sync_history", Event: "already_used"}), notify.Notice{Kind: notify.SyncFailed, About: "history"}},
		"history on its way": {
			changed(wa.Facts{Field: "sync_history", Event: "arriving", Progress: 40}), notify.Notice{},
		},
		"stopped": {
			changed(wa.Facts{Event: "stopped", Reason: "token_refused", Code: 190}), notify.Notice{Kind: notify.Stopped, Reason: "token_refused"},
		},
		"resumed":     {changed(wa.Facts{Event: "resumed"}), notify.Notice{}},
		"onboarding":  {changed(wa.Facts{Field: "onboarding", Event: "failed"}), notify.Notice{}},
		"a message":   {wa.Entry{Kind: wa.MessageReceived, Facts: wa.Facts{Event: "stopped"}}, notify.Notice{}},
		"our own one": {wa.Entry{Kind: wa.NoticeTold, Facts: wa.Facts{Event: "disconnected", Field: "stage"}}, notify.Notice{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := notify.Of(tt.entry)
			if tt.want.Kind == "" {
				if ok {
					t.Fatalf("told as %+v, want nothing", got)
				}
				return
			}
			tt.want.Business, tt.want.ID, tt.want.Number, tt.want.At = "biz_1", "ntc_7", "num_1", noon
			if diff := cmp.Diff(tt.want, got); !ok || diff != "" {
				t.Errorf("told %v, want it told: %s", ok, diff)
			}
		})
	}
}

// TestWhereNoticesGo: whom a notice is delivered to, and how.
func TestWhereNoticesGo(t *testing.T) {
	people := []notify.Recipient{{Email: "owner@x.test", Locale: notify.Arabic}, {Email: "admin@x.test", Locale: notify.English}}
	provider := notify.Recipient{Email: "provider@y.test", Locale: notify.English}
	private := []notify.Private{{Number: "num_1", Phone: "966500000009", Language: "ar"}, {Number: "num_2", Phone: "966500000008", Language: "en_US"}}
	for name, tt := range map[string]struct {
		address  notify.Address
		settings notify.Settings
		kind     notify.Kind
		want     []string
	}{
		"nothing set up":             {notify.Address{}, notify.Settings{Mail: true}, notify.Disconnected, nil},
		"mail to owners and admins":  {notify.Address{Mail: true}, notify.Settings{Mail: true}, notify.Disconnected, []string{"mail owner@x.test ar", "mail admin@x.test en"}},
		"mail is switched off":       {notify.Address{Mail: true}, notify.Settings{}, notify.Disconnected, nil},
		"the provider is told still": {notify.Address{Mail: true, Provider: provider}, notify.Settings{}, notify.Disconnected, []string{"mail provider@y.test en"}},
		"the provider is the owner": {
			notify.Address{Mail: true, Provider: people[0]}, notify.Settings{Mail: true}, notify.Disconnected, []string{"mail owner@x.test ar", "mail admin@x.test en"},
		},
		"hooks": {notify.Address{Hooks: []string{"https://a.test", "https://b.test"}}, notify.Settings{}, notify.Stopped, []string{"hook https://a.test en", "hook https://b.test en"}},
		"the private phone of this number": {
			notify.Address{}, notify.Settings{Private: private}, notify.PhoneSilent, []string{"template 966500000009 ar"},
		},
		"a private phone is for silent phones": {notify.Address{}, notify.Settings{Private: private}, notify.Disconnected, nil},
		"and for tests": {
			notify.Address{}, notify.Settings{Private: private}, notify.Test, []string{"template 966500000009 ar", "template 966500000008 en"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range tt.address.Deliveries(notify.Notice{Kind: tt.kind, Number: "num_1"}, people, tt.settings) {
				got = append(got, string(d.Channel)+" "+d.Recipient+" "+string(d.Locale))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWhenANoticeHolds: nobody is called to what is over.
func TestWhenANoticeHolds(t *testing.T) {
	live := notify.Place{Stage: coexist.Live, Signs: coexist.Signs{Came: noon.Add(-240 * time.Hour)}}
	with := func(change func(*notify.Place)) notify.Place { p := live; change(&p); return p }
	stage := func(s coexist.Stage) notify.Place { return with(func(p *notify.Place) { p.Stage = s }) }
	sync := func(s coexist.SyncState) notify.Place { return with(func(p *notify.Place) { p.Sync = s }) }
	for name, tt := range map[string]struct {
		kind  notify.Kind
		place notify.Place
		want  bool
	}{
		"still silent":                        {notify.PhoneSilent, live, true},
		"an older sign of life":               {notify.PhoneSilent, with(func(p *notify.Place) { p.Signs.Sure = noon.Add(-time.Hour) }), true},
		"a sign of life since":                {notify.PhoneSilent, with(func(p *notify.Place) { p.Signs.Sure = noon.Add(time.Hour) }), false},
		"connected anew since":                {notify.PhoneSilent, with(func(p *notify.Place) { p.Signs.Came = noon.Add(time.Hour) }), false},
		"silent and disconnected":             {notify.PhoneSilent, stage(coexist.Disconnected), false},
		"disconnected":                        {notify.Disconnected, stage(coexist.Disconnected), true},
		"disconnected, and back":              {notify.Disconnected, live, false},
		"suspended":                           {notify.Suspended, stage(coexist.Suspended), true},
		"suspended, and then gone":            {notify.Suspended, stage(coexist.Disconnected), false},
		"back":                                {notify.Reconnected, live, true},
		"back, and gone again":                {notify.Reconnected, stage(coexist.Suspended), false},
		"declined":                            {notify.SyncDeclined, sync(coexist.Declined), true},
		"overdue":                             {notify.SyncOverdue, sync(coexist.Silent), true},
		"overdue, and come":                   {notify.SyncOverdue, sync(coexist.Complete), false},
		"failed":                              {notify.SyncFailed, sync(coexist.TooLate), true},
		"failed, of a number that is gone":    {notify.SyncFailed, with(func(p *notify.Place) { p.Sync, p.Stage = coexist.Failed, coexist.Disconnected }), false},
		"stopped":                             {notify.Stopped, with(func(p *notify.Place) { p.Stopped = "token_refused" }), true},
		"stopped, and resumed":                {notify.Stopped, live, false},
		"a test":                              {notify.Test, notify.Place{}, true},
		"something that a later program told": {"moonlight", live, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := notify.Holds(notify.Notice{Kind: tt.kind, At: noon}, tt.place); got != tt.want {
				t.Errorf("Holds = %v, want %v", got, tt.want)
			}
		})
	}
}
