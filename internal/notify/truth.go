package notify

import "wasl/internal/coexist"

// Holds reports whether a notice is still true of a Number, so that nobody is
// called to something that is over. A test is always true.
func Holds(n Notice, p Place) bool {
	switch n.Kind {
	case PhoneSilent:
		return p.Stage == coexist.Live && !p.Signs.Sure.After(n.At) && !p.Signs.Came.After(n.At)
	case Disconnected:
		return p.Stage == coexist.Disconnected
	case Suspended:
		return p.Stage == coexist.Suspended
	case Reconnected:
		return p.Stage == coexist.Live
	case SyncDeclined, SyncOverdue, SyncFailed:
		k, ok := syncKinds[p.Sync]
		return ok && k == n.Kind && p.Stage == coexist.Live
	case Stopped:
		return p.Stopped != ""
	case Test:
		return true
	}
	return false
}

// syncKinds are the states of a sync that people are told of.
var syncKinds = map[coexist.SyncState]Kind{
	coexist.Declined: SyncDeclined, coexist.Silent: SyncOverdue, coexist.TooLate: SyncFailed, coexist.Failed: SyncFailed,
	coexist.AlreadyUsed: SyncFailed,
}

// stageKinds are the stages of a Number that people are told of.
var stageKinds = map[coexist.Stage]Kind{
	coexist.Disconnected: Disconnected, coexist.Suspended: Suspended, coexist.Live: Reconnected,
}
