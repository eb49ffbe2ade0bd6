package metaemu

import (
	"fmt"
	"net/http"
)

// phoneOrder is the body of a phone action; each action reads its own part.
type phoneOrder struct {
	Content
	// Customer, or To, is an id or a phone number.
	Customer string `json:"customer"`
	To       string `json:"to"`
	// WAMID, or MessageID, is the message that is changed.
	WAMID     string `json:"wamid"`
	MessageID string `json:"message_id"`
	Emoji     string `json:"emoji"`
	ContactSpec
	Remove       bool   `json:"remove"`
	Reason       string `json:"reason"`
	KeepOptIn    *bool  `json:"keep_opt_in"`
	ShareHistory *bool  `json:"share_history"`
	// Kind is that of a device to link; Group, From, List, Members, Call, On and
	// Settings belong to the actions of those names.
	Kind     string      `json:"kind"`
	Group    string      `json:"group"`
	From     string      `json:"from"`
	List     string      `json:"list"`
	Members  []string    `json:"members"`
	Call     Call        `json:"call"`
	On       *bool       `json:"on"`
	Settings AppSettings `json:"settings"`
	// Challenge is the code of Embedded Signup, Facts what it will look at.
	Challenge string   `json:"challenge"`
	Facts     AppFacts `json:"facts"`
}

func (e *Emulator) phoneAction(r *http.Request, o *phoneOrder) (any, error) {
	id, wamid := r.PathValue("id"), or(o.WAMID, o.MessageID)
	yes := func(b *bool) bool { return b == nil || *b }
	switch r.PathValue("action") {
	case "send":
		customer, err := e.known(or(o.Customer, o.To))
		if err != nil {
			return nil, err
		}
		return wamidAnswer(e.PhoneSend(id, customer, o.Content))
	case "edit":
		return ok, e.PhoneEdit(id, wamid, o.Text)
	case "revoke":
		return ok, e.PhoneRevoke(id, wamid)
	case "react":
		return ok, e.PhoneReact(id, wamid, o.Emoji)
	case "open":
		return ok, e.PhoneOpen(id, or(o.Customer, o.To))
	case "contact":
		return ok, e.PhoneContact(id, o.ContactSpec, o.Remove)
	case "disconnect":
		return ok, e.PhoneDisconnect(id, o.Reason)
	case "change-device":
		return ok, e.PhoneChangeDevice(id, yes(o.KeepOptIn))
	case "reconnect":
		return ok, e.PhoneReconnect(id)
	case "link":
		code, err := e.PhoneLink(id, yes(o.ShareHistory))
		return map[string]string{"code": code}, err
	}
	return e.appAction(id, r.PathValue("action"), o)
}

// appAction is the rest of what can be done on a phone.
func (e *Emulator) appAction(id, action string, o *phoneOrder) (any, error) {
	switch action {
	case "link-device":
		return made(e.PhoneLinkDevice(id, o.Kind))
	case "unlink-device":
		return ok, e.PhoneUnlinkDevice(id, o.Device)
	case "group":
		return ok, e.PhoneGroup(id, o.Group, o.From, o.Text)
	case "call":
		return ok, e.PhoneCall(id, or(o.Customer, o.To), o.Call)
	case "broadcast":
		return ok, e.PhoneBroadcast(id, BroadcastList{Name: o.List, Members: o.Members}, o.Text)
	case "disappearing":
		return ok, e.PhoneDisappearing(id, or(o.Customer, o.To), o.On == nil || *o.On)
	case "confirm-signup":
		return ok, e.PhoneConfirmSignup(id, o.Challenge, o.ShareHistory == nil || *o.ShareHistory)
	case "facts":
		return ok, e.PhoneFacts(id, o.Facts)
	case "settings":
		return ok, e.PhoneSettings(id, o.Settings)
	}
	return nil, fmt.Errorf("%w: %q; a phone can send, edit, revoke, react, open, contact, disconnect, change-device, reconnect, link, link-device, unlink-device, group, call, broadcast, disappearing, settings, facts and confirm-signup", errNoSuchAction, action)
}

// known answers the customer of that id or number. A number that nobody has yet
// becomes a customer, as it does when a message is sent to it.
func (e *Emulator) known(customer string) (string, error) {
	e.enter()
	defer e.mu.Unlock()
	if customer == "" {
		return "", fmt.Errorf("to is missing: write a customer's id or phone number")
	}
	c, err := e.customerOf(customer)
	if err == nil {
		return c.ID, nil
	}
	if _, isNumber := digitsOf(customer); !isNumber {
		return "", err
	}
	if c, err = e.newCustomer(CustomerSpec{Digits: customer}); err != nil {
		return "", err
	}
	return c.ID, nil
}

func wamidAnswer(wamid string, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return map[string]string{"wamid": wamid}, nil
}

// customerOrder is the body of a customer action; each action reads its own
// part.
type customerOrder struct {
	Content
	Number    string `json:"number"`
	WAMID     string `json:"wamid"`
	MessageID string `json:"message_id"`
	Emoji     string `json:"emoji"`
	Kind      string `json:"kind"`
	Code      int    `json:"code"`
	Digits    string `json:"digits"`
	// Reply is what a customer does with a message that asks for something.
	Reply Reply `json:"reply"`
	CustomerChange
	// Link is what a customer scans or taps: a code or its address.
	Link string `json:"link"`
}

func (e *Emulator) customerAction(r *http.Request, o *customerOrder) (any, error) {
	id, wamid := r.PathValue("id"), or(o.WAMID, o.MessageID)
	if c, err := e.Customer(id, 0); err == nil {
		id = c.ID
	}
	switch action := r.PathValue("action"); action {
	case "send":
		return wamidAnswer(e.CustomerSend(id, o.Number, o.Content))
	case "edit":
		return ok, e.CustomerEdit(id, wamid, o.Text)
	case "revoke":
		return ok, e.CustomerRevoke(id, wamid)
	case "react":
		return ok, e.CustomerReact(id, wamid, o.Emoji)
	case "read":
		return ok, e.CustomerRead(id, o.Number)
	case "unsupported":
		return ok, e.CustomerUnsupported(id, o.Number, o.Kind, o.Code)
	case "change-number":
		return ok, e.CustomerChangeNumber(id, o.Digits)
	case "change":
		return ok, e.ChangeCustomer(id, o.CustomerChange)
	case "online", "offline":
		offline := action == "offline"
		return ok, e.ChangeCustomer(id, CustomerChange{Offline: &offline})
	default:
		return e.personAction(id, action, o)
	}
}

// personAction is the rest of what a customer can do.
func (e *Emulator) personAction(id, action string, o *customerOrder) (any, error) {
	switch action {
	case "reply":
		return wamidAnswer(e.CustomerReply(id, or(o.WAMID, o.MessageID), o.Reply))
	case "scan":
		return wamidAnswer(e.CustomerScan(id, o.Link))
	case "play":
		return ok, e.CustomerPlay(id, or(o.WAMID, o.MessageID))
	case "companion":
		return ok, e.CustomerCompanion(id, o.Number, o.Text)
	case "first-contact":
		return ok, e.CustomerUnsupported(id, o.Number, or(o.Kind, "unknown"), 131060)
	case "change-user-id":
		return ok, e.CustomerChangeUserID(id)
	case "change-identity":
		return ok, e.CustomerChangeIdentity(id)
	case "stop-marketing", "resume-marketing":
		return ok, e.CustomerMarketing(id, o.Number, action == "resume-marketing")
	case "block", "unblock":
		return ok, e.CustomerBlock(id, o.Number, action == "block")
	}
	return nil, fmt.Errorf("%w: %q; a customer can send, scan, reply, edit, revoke, react, read, play, unsupported, companion, first-contact, "+
		"change-number, change-user-id, change-identity, change, stop-marketing, resume-marketing, block, unblock, online and offline", errNoSuchAction, action)
}

// signupOrder is the body of a step in the popup.
type signupOrder struct {
	Portfolio string `json:"portfolio_id"`
	Digits    string `json:"digits"`
	Code      string `json:"code"`
	Report    bool   `json:"report"`
}

func (e *Emulator) signupAction(r *http.Request, o *signupOrder) (any, error) {
	id := r.PathValue("id")
	switch action := r.PathValue("action"); action {
	case "account":
		return made(e.SignupAccount(id, o.Portfolio))
	case "number":
		return made(e.SignupNumber(id, o.Digits))
	case "verify":
		return made(e.SignupVerify(id, o.Code))
	case "finish":
		return made(e.SignupFinish(id))
	case "cancel":
		return made(e.SignupCancel(id, o.Report))
	default:
		return nil, fmt.Errorf("%w: %q; a signup has account, number, verify, finish and cancel", errNoSuchAction, action)
	}
}
