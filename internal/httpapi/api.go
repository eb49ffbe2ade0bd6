package httpapi

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"

	"wasl/internal/auth"
	"wasl/internal/coexist"
	"wasl/internal/desk"
	"wasl/internal/media"
	"wasl/internal/outbox"
	"wasl/internal/platform"
	"wasl/internal/realtime"
	"wasl/internal/wa"
)

// Desk is the read side, and the few acts that send nothing.
type Desk interface {
	desk.Conversations
	desk.Messages
	desk.Contacts
	desk.Numbers
	desk.Timelines
	desk.Operations
}

// Outbox takes drafts in; see [outbox.Box].
type Outbox interface {
	Submit(ctx context.Context, d wa.Draft) (outbox.Receipt, error)
	MarkRead(ctx context.Context, b wa.BusinessID, c wa.ConversationID, by wa.PersonID) error
	Resolve(ctx context.Context, b wa.BusinessID, m wa.MessageID, r outbox.Resolution, by wa.PersonID) error
}

var _ Outbox = (*outbox.Box)(nil)

// Requests remembers the answers given under an Idempotency-Key.
type Requests interface {
	// BeginRequest notes that a request is about to be answered. First is true if
	// it is the first under this key; otherwise the earlier answer is returned,
	// status 0 while it is still being made. Another fingerprint under the same key
	// is fault idempotency_key_reused.
	BeginRequest(ctx context.Context, b wa.BusinessID, key string, fingerprint []byte, now time.Time) (status int, answer []byte, first bool, err error)
	// EndRequest keeps the answer.
	EndRequest(ctx context.Context, b wa.BusinessID, key string, status int, answer []byte) error
	// ForgetRequest takes BeginRequest back.
	ForgetRequest(ctx context.Context, b wa.BusinessID, key string) error
}

// Pace is how fast a Number may send, and why.
type Pace struct {
	MPS    int    `json:"mps" doc:"messages per second, inbound and outbound together"`
	Source string `json:"source" doc:"where the figure comes from"`
	From   string `json:"from" doc:"the day it holds from, empty if it was set for this number"`
}

// Check is one thing that must hold for the process to be able to serve.
type Check struct {
	Name string
	Test func(ctx context.Context) error
}

// Config is what the door opens to. Fields marked optional may be zero.
type Config struct {
	Gate     *auth.Gate
	Accounts auth.Store // people and keys, as listed
	Desk     Desk
	Outbox   Outbox
	Chats    Chats
	Requests Requests
	Journal  realtime.Journal
	Hub      *realtime.Hub

	// Phones takes an owner's word that the phone lives.
	Phones coexist.Watched
	// Onboardings brings numbers in, Moves shows how far they have come.
	Onboardings Onboardings
	Moves       Moves
	// Openings waits for countries to open.
	Openings Openings
	// Signup is what Embedded Signup is opened with; SignupReady says that the
	// app's secret is set too.
	Signup      Signup
	SignupReady bool

	// Files shows what came with messages, and Vault has it; optional.
	Files Files
	Vault media.Vault

	// Scratch is the folder in which uploads are while they are read; empty: the
	// system's own.
	Scratch string
	// Facts are what Meta's platform allows, by date.
	Facts platform.Book
	// Pace says how fast a Number may send on a day.
	Pace func(n desk.Number, now time.Time) Pace
	// Retry gives a parked entry back to its reaction; optional.
	Retry func(ctx context.Context, b wa.BusinessID, reaction string, seq wa.Seq) error
	// Unavailable reports whether an error means that the storage does not answer;
	// optional.
	Unavailable func(error) bool

	Ready   []Check              // optional
	Metrics *prometheus.Registry // optional
	Web     fs.FS                // the built web application; optional
	// EmulatorURL is where the demo's phone is shown; empty outside the demo.
	EmulatorURL string
	// PublicURL is how browsers reach us; https makes cookies secure.
	PublicURL string
	Version   string
	Log       *slog.Logger // optional
}

// API is the whole of it, as a handler. It is safe for concurrent use.
type API struct {
	Config
	mux     *http.ServeMux
	handler http.Handler
	huma    huma.API
	routes  []Route
	secure  bool // cookies go over https only
}

// New builds the door.
func New(c Config) *API {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Unavailable == nil {
		c.Unavailable = func(error) bool { return false }
	}
	if c.Metrics == nil {
		c.Metrics = prometheus.NewRegistry()
	}
	a := &API{Config: c, mux: http.NewServeMux()}
	if u, err := url.Parse(c.PublicURL); err == nil {
		a.secure = u.Scheme == "https"
	}
	a.huma = newHuma(a)
	a.registerSession()
	a.registerNumbers()
	a.registerTimeline()
	a.registerPlatform()
	a.registerOpenings()
	a.registerMetaErrors()
	a.registerOnboarding()
	a.registerConversations()
	a.registerMessages()
	a.registerFiles()
	a.registerContacts()
	a.registerImports()
	a.registerOperations()
	a.registerPeople()
	a.registerKeys()
	a.registerStream()
	a.registerHealth()
	a.registerDocs()
	a.registerWeb()
	allowNull(a.huma.OpenAPI().Components.Schemas)
	a.handler = a.observed(a.protected(a.mux))
	return a
}

// ServeHTTP implements [http.Handler].
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// Routes lists every route with its rule, in the order of registration.
func (a *API) Routes() []Route { return append([]Route(nil), a.routes...) }

// OpenAPI is the API's document, OpenAPI 3.1.
func (a *API) OpenAPI() *huma.OpenAPI { return a.huma.OpenAPI() }
