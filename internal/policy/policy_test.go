package policy_test

import (
	"testing"
	"time"

	"wasl/internal/policy"
	"wasl/internal/wa"
)

var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return now.Add(-d) }

// may is Facts in which everything is allowed; each row spoils something.
func may(spoil func(*policy.Facts)) policy.Facts {
	f := policy.Facts{
		Now: now, Stage: policy.Live, Window: wa.Window{OpenedAt: ago(time.Hour)},
		Margin: time.Minute, Oldest: 30 * 24 * time.Hour,
	}
	if spoil != nil {
		spoil(&f)
	}
	return f
}

func from(o wa.Origin, l wa.Lane) wa.Draft {
	return wa.Draft{Kind: wa.SendMessage, Origin: o, Lane: l, Content: wa.Content{Type: "text"}}
}

func as(d wa.Draft, kind wa.DraftKind, content string) wa.Draft {
	d.Kind, d.Content.Type = kind, content
	return d
}

func TestDecide(t *testing.T) {
	var (
		agent    = from(wa.FromAgent, wa.PersonLane)
		bot      = from(wa.FromBot, wa.BotLane)
		program  = from(wa.FromAPI, wa.ServiceLane)
		campaign = as(from(wa.FromCampaign, wa.CampaignLane), wa.SendMessage, "template")
		reaction = as(agent, wa.SendReaction, "reaction")
		receipt  = as(agent, wa.SendRead, "")

		allowed = policy.Verdict{Answer: policy.Allowed}
		denied  = func(r policy.Reason) policy.Verdict { return policy.Verdict{Answer: policy.Denied, Reason: r} }
		held    = func(r policy.Reason) policy.Verdict { return policy.Verdict{Answer: policy.Deferred, Reason: r} }

		shut      = func(f *policy.Facts) { f.Window.OpenedAt = ago(25 * time.Hour) }
		never     = func(f *policy.Facts) { f.Window = wa.Window{} }
		suspended = func(f *policy.Facts) { f.Stage = policy.Suspended }
		gone      = func(f *policy.Facts) { f.Stage = policy.Disconnected }
		stopped   = func(f *policy.Facts) { f.Stopped = "token_refused" }
		out       = func(f *policy.Facts) { f.OptedOutAt = ago(time.Minute) }
		outBefore = func(f *policy.Facts) { f.OptedOutAt = ago(2 * time.Hour) }
		taken     = func(f *policy.Facts) { f.HeldUntil = now.Add(30 * time.Minute) }
		acted     = func(f *policy.Facts) { f.Epoch, f.DraftEpoch = 4, 3 }
		old       = func(f *policy.Facts) { f.TargetAt = ago(30 * 24 * time.Hour) }
	)
	tests := []struct {
		name  string
		facts policy.Facts
		draft wa.Draft
		want  policy.Verdict
	}{
		{"a person writes in an open window", may(nil), agent, allowed},
		{"a bot answers", may(nil), bot, allowed},
		{"a program sends", may(nil), program, allowed},
		{"a campaign sends a template", may(nil), campaign, allowed},

		{"a bot may not push into the people's lane", may(nil), from(wa.FromBot, wa.PersonLane), denied(policy.LaneNotAllowed)},
		{"nor a program into the bot's", may(nil), from(wa.FromAPI, wa.BotLane), denied(policy.LaneNotAllowed)},
		{"a program may take the slow lane", may(nil), from(wa.FromAPI, wa.CampaignLane), allowed},
		{"a campaign keeps to its own", may(nil), from(wa.FromCampaign, wa.ServiceLane), denied(policy.LaneNotAllowed)},
		{"nobody sends in the customer's name", may(nil), from(wa.FromCustomer, wa.PersonLane), denied(policy.LaneNotAllowed)},
		{"nor in the phone's", may(nil), from(wa.FromPhone, wa.PersonLane), denied(policy.LaneNotAllowed)},
		{"a lane that does not exist", may(nil), from(wa.FromAgent, "express"), denied(policy.LaneNotAllowed)},

		{"a suspended number is expected back", may(suspended), agent, held(policy.NumberNotLive)},
		{"a receipt waits for it too", may(suspended), receipt, held(policy.NumberNotLive)},
		{"a disconnected number sends nothing", may(gone), agent, denied(policy.NumberNotLive)},
		{"nor a receipt", may(gone), receipt, denied(policy.NumberNotLive)},
		{"an unknown stage is not live", may(func(f *policy.Facts) { f.Stage = "" }), agent, denied(policy.NumberNotLive)},
		{"a stopped number waits for a person", may(stopped), campaign, held(policy.NumberStopped)},

		{"who opted out gets no campaign", may(out), campaign, denied(policy.OptedOut)},
		{"nor a program's message", may(out), program, denied(policy.OptedOut)},
		{"nor a bot's", may(out), bot, denied(policy.OptedOut)},
		{"a person may answer the opted out", may(out), agent, allowed},
		{"and mark what they wrote as read", may(out), receipt, allowed},
		{"a bot may answer who wrote since", may(outBefore), bot, allowed},
		{"a campaign may not", may(outBefore), campaign, denied(policy.OptedOut)},
		{"nor a program in the campaigns' lane", may(outBefore), from(wa.FromAPI, wa.CampaignLane), denied(policy.OptedOut)},

		{"the bot is silent while a person holds", may(taken), bot, policy.Verdict{Answer: policy.Denied, Reason: policy.TakenOver, Until: now.Add(30 * time.Minute)}},
		{"the person is not", may(taken), agent, allowed},
		{"nor a program", may(taken), program, allowed},
		{"the answer a bot was making is dropped", may(acted), bot, denied(policy.TakenOver)},
		{"an agent's draft survives another's act", may(acted), agent, allowed},

		{"free words need an open window", may(shut), agent, denied(policy.WindowClosed)},
		{"and one that was ever opened", may(never), agent, denied(policy.WindowClosed)},
		{"a template needs none", may(shut), campaign, allowed},
		{"a reaction needs one", may(shut), reaction, denied(policy.WindowClosed)},
		{"a receipt needs none", may(shut), receipt, allowed},
		{"a reaction to an old message", may(old), reaction, denied(policy.MessageTooOld)},
		{"a receipt for an old message", may(old), receipt, denied(policy.MessageTooOld)},
		{"a reply may quote an old message", may(old), agent, allowed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := policy.Decide(tt.facts, tt.draft); got != tt.want {
				t.Errorf("Decide = %+v, want %+v", got, tt.want)
			}
		})
	}
}

// TestI27WindowEdge: free-form attempts begin before the window's end less the
// margin, and not at it.
func TestI27WindowEdge(t *testing.T) {
	for _, tt := range []struct {
		opened time.Duration
		want   bool
	}{
		{24*time.Hour - time.Minute - time.Microsecond, true},
		{24*time.Hour - time.Minute, false},
		{24 * time.Hour, false},
	} {
		f := may(func(f *policy.Facts) { f.Window.OpenedAt = ago(tt.opened) })
		if got := policy.Decide(f, from(wa.FromAgent, wa.PersonLane)).Yes(); got != tt.want {
			t.Errorf("%v after the customer wrote: allowed = %v, want %v", tt.opened, got, tt.want)
		}
	}
}

// TestI26NothingAfterOptOut draws the promise wide: whatever else holds, no
// campaign reaches who opted out.
func TestI26NothingAfterOptOut(t *testing.T) {
	for _, stage := range []policy.Stage{policy.Live, policy.Suspended, policy.Disconnected} {
		for _, written := range []time.Duration{0, time.Minute, 2 * time.Hour, 48 * time.Hour} {
			f := may(func(f *policy.Facts) {
				f.Stage, f.OptedOutAt, f.Window.OpenedAt = stage, ago(time.Hour), ago(written)
			})
			for _, content := range []string{"text", "template"} {
				if policy.Decide(f, as(from(wa.FromCampaign, wa.CampaignLane), wa.SendMessage, content)).Yes() {
					t.Errorf("a campaign's %s went to somebody who opted out (%s, wrote %v ago)", content, stage, written)
				}
			}
		}
	}
}
