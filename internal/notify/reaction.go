package notify

import (
	"context"
	"strconv"
	"strings"
	"time"

	"wasl/internal/clock"
	"wasl/internal/coexist"
	"wasl/internal/wa"
)

// Address says where notices go beside the people of a Business.
type Address struct {
	// Mail says that there is a way to send e-mail.
	Mail bool
	// Provider is the operator's address, told of every Business; empty: none.
	Provider Recipient
	// Hooks are URLs that every notice is posted to.
	Hooks []string
}

// Reaction turns entries of the journal into notices.
type Reaction struct {
	Post    Post
	Address Address
}

// Name implements journal.Reaction.
func (Reaction) Name() string { return "notices" }

// React implements journal.Reaction.
func (r Reaction) React(ctx context.Context, e wa.Entry) error {
	n, ok := Of(e)
	if !ok {
		return nil
	}
	return r.Tell(ctx, n)
}

// Tell tells everybody whom a notice is for.
func (r Reaction) Tell(ctx context.Context, n Notice) error {
	people, settings, err := r.Post.Audience(ctx, n.Business)
	if err != nil {
		return err
	}
	now := clock.Now()
	deliveries := r.Address.Deliveries(n, people, settings)
	if now.Sub(n.At) > stale {
		deliveries = nil
	}
	return r.Post.Tell(ctx, n, deliveries, now)
}

// stale is how old an entry may be for anybody to be written to about it. A journal
// is read from its beginning once, when notices are new to an installation.
const stale = 24 * time.Hour

// Deliveries are the ways of a notice out of the screen.
func (a Address) Deliveries(n Notice, people []Recipient, s Settings) []Delivery {
	var out []Delivery
	seen := map[string]bool{}
	add := func(c Channel, to string, l Locale) {
		if to != "" && !seen[string(c)+to] {
			seen[string(c)+to] = true
			out = append(out, Delivery{Channel: c, Recipient: to, Locale: l, State: Due})
		}
	}
	if a.Mail && s.Mail {
		for _, p := range people {
			add(Mail, p.Email, p.Locale)
		}
	}
	if a.Mail {
		add(Mail, a.Provider.Email, a.Provider.Locale)
	}
	for _, url := range a.Hooks {
		add(Hook, url, English)
	}
	for _, p := range s.Private {
		// The owner's own phone is for what cannot wait.
		if n.Kind == PhoneSilent && p.Number == n.Number || n.Kind == Test {
			add(Template, p.Phone, LocaleOf(p.Language))
		}
	}
	return out
}

// Of is the notice that an entry gives rise to, if it does to any.
func Of(e wa.Entry) (Notice, bool) {
	if e.Kind != wa.NumberChangedKind {
		return Notice{}, false
	}
	k, ok := kindOf(e.Facts)
	if !ok {
		return Notice{}, false
	}
	return Notice{
		Business: e.Business, ID: "ntc_" + strconv.FormatInt(int64(e.Seq), 10), Kind: k, Number: e.Number, About: about(e.Facts),
		Level: e.Facts.Count, Reason: e.Facts.Reason, At: e.At, Until: e.Facts.Until,
	}, true
}

// about is which sync an entry tells of.
func about(f wa.Facts) string {
	kind, ok := strings.CutPrefix(f.Field, "sync_")
	if !ok {
		return ""
	}
	return kind
}

func kindOf(f wa.Facts) (Kind, bool) {
	switch f.Field {
	case "heartbeat":
		return PhoneSilent, f.Event == coexist.PhoneSilent
	case "stage":
		k, ok := stageKinds[coexist.Stage(f.Event)]
		return k, ok
	case "sync_contacts", "sync_history":
		k, ok := syncKinds[coexist.SyncState(f.Event)]
		return k, ok
	case "":
		return Stopped, f.Event == "stopped"
	}
	return "", false
}
