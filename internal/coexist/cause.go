package coexist

// Agent is who brought a Number to its stage.
type Agent string

// The agents. Nobody is blamed for what Meta does not say.
const (
	ByOwner   Agent = "owner"
	ByMeta    Agent = "meta"
	ByPhone   Agent = "phone_change"
	ByUnknown Agent = "unknown"
)

// Todo is what brings a Number back that is away.
type Todo string

// What can be done. A Number that has come to another phone is finished there; one
// whose connection is over is signed up again, where its app or its account
// must be put in order first if it is no longer fit for it.
const (
	Nothing     Todo = ""
	FinishPhone Todo = "finish_on_phone"
	SignUpAgain Todo = "sign_up_again"
	ReturnToApp Todo = "return_to_business_app"
	OtherNumber Todo = "sign_up_new_number"
	AskMeta     Todo = "check_account_at_meta"
)

// Cause is a stage's reason in words people have for it.
type Cause struct {
	Code  string // Meta's reason, or the event itself if it gave none
	Agent Agent
	Todo  Todo
}

// Cause explains a standing. A live Number has none. Meta gives a reason only
// with PARTNER_REMOVED, and not always (coexistence-protocol §4.8): a reason
// that is missing or new stays unknown, and signing up again is right for it.
func (s Standing) Cause() Cause {
	switch s.Stage {
	case Live:
		return Cause{}
	case Suspended:
		return Cause{s.By, ByPhone, FinishPhone}
	case Disconnected:
	}
	if s.By != Removed || s.Reason == "" {
		return Cause{s.By, ByUnknown, SignUpAgain}
	}
	c := Cause{s.Reason, s.agent(), SignUpAgain}
	switch s.Reason {
	case "BUSINESS_DOWNGRADE":
		c.Todo = ReturnToApp
	case "CHANGE_NUMBER":
		c.Todo = OtherNumber
	case "USER_RE_REGISTERED":
		c.Agent = ByPhone
	case "ACCOUNT_DISCONNECTED":
		// Enforcement and an account its owner deleted are told with one reason.
		if c.Agent != ByOwner {
			c.Todo = AskMeta
		}
	}
	return c
}

func (s Standing) agent() Agent {
	switch s.Agent {
	case "USER":
		return ByOwner
	case "SYSTEM":
		return ByMeta
	}
	return ByUnknown
}
