package metaemu

import (
	"encoding/json"
	"time"

	"wasl/metaemu/limit"
)

// app is a developer's app: it owns a secret, a callback and the fields it
// wants.
type app struct {
	App
	fields map[string]bool
}

type portfolio struct{ Portfolio }

// waba groups numbers and templates; apps subscribe to it.
type waba struct {
	WABA
	location *time.Location
	// subs are the subscribed apps in order of subscription.
	subs []subscription
}

type subscription struct {
	app string
	// override, if set, takes the messages webhooks of this WABA.
	override string
}

// token is a business token: one app's right to some WABAs.
type token struct {
	value   string
	app     string
	wabas   map[string]bool
	issued  time.Time
	expires time.Time // zero: never
	revoked bool
	scopes  []string // nil: the usual ones
	order   []string // WABAs as they came, where that is known
}

// grant is a code of Embedded Signup on its way to becoming a token.
type grant struct {
	app, waba string
	expires   time.Time
}

// Stage says whether a number can be used through the API.
type Stage string

// The stages of a number.
const (
	// StageLive: messages flow.
	StageLive Stage = "live"
	// StageSuspended: the phone was changed (ACCOUNT_OFFBOARDED); it may come back.
	StageSuspended Stage = "suspended"
	// StageDisconnected: the partner was removed; only a new onboarding helps.
	StageDisconnected Stage = "disconnected"
)

// number is one business phone number, and the phone it lives on.
type number struct {
	Number
	waba     *waba
	override string // number-level callback for messages
	history  []pastThread
	book     []phoneContact // the phone's address book, sorted by digits
	synced   map[string]bool
	// phoneAlive is the last sign of life of the phone app.
	phoneAlive time.Time
	watched    bool // an inactivity check is in the queue
	// endedBy is why it was disconnected last: Meta's reason, or "button".
	endedBy string
	relink  uint64

	out, in limit.Second
	freeUse map[string]int // free service messages by month, "2026-11"
	invoice map[invoiceKey]int

	phoneApp
	chats []*chat // most recent last; sorted when shown
	talks map[string]*chat
}

// customer is a person with WhatsApp.
type customer struct {
	Customer
	userIDs map[string]string // by portfolio
}

// chat is what one number and one customer have said to each other.
type chat struct {
	number   *number
	customer *customer
	messages []*message
	// lastIn is the customer's last live message after onboarding: the window.
	lastIn time.Time
	// adAt is when the customer came from an ad, adUntil how long everything is
	// free since the business answered.
	adAt, adUntil time.Time
	disappearing  bool
	pair          limit.Pair
	unreadPhone   int
	typingUntil   time.Time
	lastAt        time.Time
}

// message is one message of a chat, as both screens show it.
type message struct {
	chat    *chat
	wamid   string
	in      bool
	origin  string // customer, phone, api
	at      time.Time
	typ     string
	content []byte // the object under the key named by typ, in wire form
	text    string
	replyTo string

	opaque   string
	byUserID bool // addressed by BSUID only
	status   string
	errCode  int
	price    *price
	charged  bool
	// identityHash is the one the sender asked to check; lifetime is how long an
	// undelivered message is kept.
	identityHash string
	lifetime     time.Duration
	form         *templateSend // what it was made of, if it is a template

	reaction      string // of the other side to this message
	ownReaction   string // of the same side
	edits         int
	revoked, gone bool
	forgotten     bool // the chat no longer holds it
	unseen        bool // its receiver has blocked its sender
	course        course
}

// App is a developer's app as the emulator shows it.
type App struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Secret      string   `json:"secret"`
	Callback    string   `json:"callback"`
	VerifyToken string   `json:"verify_token"`
	Fields      []string `json:"fields"`
	// RequireProof makes appsecret_proof compulsory on every call.
	RequireProof bool `json:"require_proof"`
}

// Portfolio is Meta's business portfolio.
type Portfolio struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Template is a message form that counts as approved from the start. Without
// components it takes any parameters.
type Template struct {
	Name     string `json:"name"`
	Language string `json:"language"`
	Category string `json:"category"` // marketing, utility, authentication
	// Format is positional (also if empty) or named; Components are as in a create.
	Format     string          `json:"parameter_format,omitempty"`
	Components json.RawMessage `json:"components,omitempty"`
}

// WABA is a WhatsApp Business Account, with a token of the app that made it.
type WABA struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Portfolio string     `json:"portfolio_id"`
	App       string     `json:"app_id"`
	Token     string     `json:"token"`
	Templates []Template `json:"templates"`
	// Currency is the one of the account's bills, ISO 4217.
	Currency string `json:"currency"`
	// TimeZone is where its months and price days begin, an IANA name.
	TimeZone string `json:"time_zone"`
	// AuthInternational: the business is based elsewhere and pays the
	// international rate for authentication.
	AuthInternational bool `json:"auth_international"`
}

// Number is one business phone number, with all that a client needs to use it.
type Number struct {
	ID           string    `json:"id"`
	Digits       string    `json:"digits"`
	Display      string    `json:"display_phone_number"`
	VerifiedName string    `json:"verified_name"`
	Country      string    `json:"country"`
	WABA         string    `json:"waba_id"`
	Portfolio    string    `json:"portfolio_id"`
	App          string    `json:"app_id"`
	AppSecret    string    `json:"app_secret"`
	Token        string    `json:"token"`
	Coexistence  bool      `json:"coexistence"`
	MPS          int       `json:"mps"`
	ShareHistory bool      `json:"share_history"`
	Onboarded    time.Time `json:"onboarded_at"`
	Stage        Stage     `json:"stage"`
}

// Customer is a person with WhatsApp, as the emulator shows one.
type Customer struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Digits   string `json:"digits"`
	Username string `json:"username"`
	// HidesPhone is a username that is not told. Who has one, told or not, is known
	// by the BSUID; the phone number is told only to those who know it already
	// (coexistence-protocol §5).
	HidesPhone bool `json:"hides_phone"`
	// KnowsBusiness: the business is among the customer's contacts, which keeps the
	// phone number in webhooks.
	KnowsBusiness bool `json:"knows_business"`
	// ReadsAtOnce reads what arrives a moment later; otherwise only when told to.
	ReadsAtOnce bool `json:"reads_at_once"`
	// Offline leaves messages at "sent" until the customer is online again.
	Offline bool `json:"offline"`
}
