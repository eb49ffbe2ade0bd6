package wa

// Status says how far a message has got. Before Meta accepts a message the
// status is ours (queued … needs_person); afterwards it is the most believed
// of Meta's reports, every one of which is kept.
type Status string

// The statuses, as they stand in API, screens and SQL (decision 9). Arrived is
// that of everything the customer said.
const (
	Arrived     Status = "received"
	Queued      Status = "queued"
	Held        Status = "held"
	Sending     Status = "sending"
	InDoubt     Status = "in_doubt"
	NeedsPerson Status = "needs_person"
	Accepted    Status = "accepted"
	Sent        Status = "sent"
	Delivered   Status = "delivered"
	Read        Status = "read"
	Failed      Status = "failed"
	Expired     Status = "expired"
	Cancelled   Status = "cancelled"
)

// Statuses lists every status.
var Statuses = []Status{
	Arrived, Queued, Held, Sending, InDoubt, NeedsPerson,
	Accepted, Sent, Delivered, Read, Failed, Expired, Cancelled,
}

// belief ranks what is believed of a message: read > delivered > failed > sent
// > accepted. Meta says that any "delivered" means at least one device was
// reached, so it outranks a failure reported for another
// (reliability §2.5, read 2026-11-22). What has not left us ranks 0.
func (s Status) belief() int {
	switch s {
	case Read:
		return 5
	case Delivered:
		return 4
	case Failed:
		return 3
	case Sent:
		return 2
	case Accepted:
		return 1
	case Arrived, Queued, Held, Sending, InDoubt, NeedsPerson, Expired, Cancelled:
		return 0
	}
	return 0
}

// Reported reports whether s is something Meta said of a message.
func (s Status) Reported() bool { return s.belief() > 0 }

// After is the status of a message that has s and of which report is told. It
// does not depend on the order in which reports come: it is the more believed
// of the two. "played" (a voice note was heard) is told as [Read].
func (s Status) After(report Status) Status {
	if report.belief() > s.belief() {
		return report
	}
	return s
}
