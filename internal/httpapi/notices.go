package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/desk"
	"wasl/internal/fault"
	"wasl/internal/id"
	"wasl/internal/notify"
	"wasl/internal/wa"
)

// Notices are what the people of a Business are told, and where they want it.
type Notices struct {
	Board notify.Board
	// Tell tells everybody of a notice.
	Tell func(ctx context.Context, n notify.Notice) error
	// Mail says that there is a way to send e-mail.
	Mail bool
}

// Notice is something the people of the business have to know.
type Notice struct {
	ID       string     `json:"id"`
	Kind     string     `json:"kind" enum:"phone_silent,disconnected,suspended,reconnected,sync_declined,sync_overdue,sync_failed,stopped,test"`
	NumberID *string    `json:"number_id" nullable:"true"`
	Level    int        `json:"level" doc:"of a reminder that a phone is silent: 1 to 4"`
	Reason   string     `json:"reason" doc:"a code; empty if there is none"`
	At       time.Time  `json:"at"`
	Until    *time.Time `json:"until" nullable:"true" doc:"by when something is to be done"`
	Current  bool       `json:"current" doc:"false if it is not true any more"`
	Read     bool       `json:"read" doc:"by whoever asks"`
	Title    string     `json:"title" doc:"in words, in the language asked for"`
	Text     string     `json:"text"`
	Do       string     `json:"do" doc:"what to do about it; empty: nothing"`
	// Deliveries name addresses of people, and are for those who may see these.
	Deliveries []NoticeDelivery `json:"deliveries" doc:"where it went; empty for those who may not manage"`
}

// NoticeDelivery is a notice on its way out of the screen.
type NoticeDelivery struct {
	Channel   string     `json:"channel" enum:"mail,hook,template"`
	To        string     `json:"to"`
	State     string     `json:"state" enum:"due,sent,failed,gave_up,withdrawn"`
	Attempts  int        `json:"attempts"`
	Reason    string     `json:"reason" doc:"a code: why it failed, was given up or withdrawn, or what the last attempt met"`
	SettledAt *time.Time `json:"settled_at" nullable:"true"`
	MessageID *string    `json:"message_id" nullable:"true" doc:"of a template: the message it became"`
	Status    string     `json:"status" doc:"of that message"`
}

// NoticeSettings are where a business wants its notices.
type NoticeSettings struct {
	Mail          bool            `json:"mail" doc:"e-mail to owners and admins"`
	MailAvailable bool            `json:"mail_available" readOnly:"true" doc:"false if this installation cannot send e-mail"`
	Language      string          `json:"language" enum:"en,ar" doc:"in which whoever asks is written to; an API key's says nothing"`
	Private       []PrivateNumber `json:"private" maxItems:"50" doc:"private numbers of owners, told when a phone is silent"`
}

// PrivateNumber is where an owner is reached beside the business.
type PrivateNumber struct {
	NumberID       wa.NumberID `json:"number_id" maxLength:"100" doc:"whose reminders"`
	Phone          string      `json:"phone" maxLength:"30" example:"+966501112222"`
	Template       string      `json:"template" pattern:"^[a-z0-9_]{1,512}$" doc:"an approved template; its body has three variables: number, days left, date"`
	Language       string      `json:"language" pattern:"^[a-z]{2,3}(_[A-Z]{2})?$" example:"ar" doc:"the template's"`
	SenderNumberID wa.NumberID `json:"sender_number_id" maxLength:"100" doc:"the number it is sent from"`
}

type noticesQuery struct {
	Locale string `query:"locale" enum:"en,ar" default:"en"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
	After  string `query:"after" maxLength:"200"`
}

type putNoticeSettings struct {
	Body struct {
		Mail     bool            `json:"mail"`
		Language string          `json:"language,omitempty" enum:"en,ar"`
		Private  []PrivateNumber `json:"private" maxItems:"50"`
	}
}

type (
	noticesBody        struct{ Body Page[Notice] }
	noticeSettingsBody struct{ Body NoticeSettings }
	noticeTestBody     struct {
		Body struct {
			ID string `json:"id" doc:"of the notice"`
		}
	}
)

func (a *API) registerNotices() {
	rule, manage := auth.May(auth.Agent, auth.ReadScope), auth.May(auth.Admin, auth.ManageScope)
	tags := []string{"Notices"}
	operate(a, rule, huma.Operation{
		OperationID: "notices", Method: http.MethodGet, Path: "/v1/notices", Summary: "List notices", Tags: tags,
		Description: "What the people of the business are told: the newest first.", Errors: []int{http.StatusBadRequest},
	}, a.notices)
	operate(a, rule, huma.Operation{
		OperationID: "read-notice", Method: http.MethodPost, Path: "/v1/notices/{id}/read", Summary: "Mark a notice read", Tags: tags,
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *oneID) (*struct{}, error) {
		c := callerOf(ctx)
		return nil, a.Notices.Board.ReadNotice(ctx, c.Business, readerOf(c), in.ID, clock.Now())
	})
	operate(a, rule, huma.Operation{
		OperationID: "read-notices", Method: http.MethodPost, Path: "/v1/notices/read", Summary: "Mark all notices read", Tags: tags,
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		c := callerOf(ctx)
		return nil, a.Notices.Board.ReadNotice(ctx, c.Business, readerOf(c), "", clock.Now())
	})
	operate(a, manage, huma.Operation{
		OperationID: "notice-settings", Method: http.MethodGet, Path: "/v1/notices/settings", Summary: "Where notices go", Tags: tags,
	}, func(ctx context.Context, _ *struct{}) (*noticeSettingsBody, error) { return a.noticeSettings(ctx) })
	operate(a, manage, huma.Operation{
		OperationID: "put-notice-settings", Method: http.MethodPut, Path: "/v1/notices/settings", Summary: "Say where notices go", Tags: tags,
		Errors: []int{http.StatusBadRequest, http.StatusNotFound},
	}, a.putNoticeSettings)
	operate(a, manage, huma.Operation{
		OperationID: "test-notice", Method: http.MethodPost, Path: "/v1/notices/test", Summary: "Send a test", Tags: tags,
		Description: "A notice that goes everywhere notices go. Its deliveries say what became of it.", DefaultStatus: http.StatusAccepted,
	}, func(ctx context.Context, _ *struct{}) (*noticeTestBody, error) {
		out := &noticeTestBody{}
		out.Body.ID = id.New("ntc")
		return out, a.Notices.Tell(ctx, notify.Notice{Business: callerOf(ctx).Business, ID: out.Body.ID, Kind: notify.Test, At: clock.Now()})
	})
}

// readerOf is who has read a notice: a person, or a program by its key.
func readerOf(c caller) string {
	if c.Key != "" {
		return "key " + c.Key
	}
	return string(c.Person)
}

func (a *API) notices(ctx context.Context, in *noticesQuery) (*noticesBody, error) {
	c := callerOf(ctx)
	mark, err := markOf("after", in.After)
	if err != nil {
		return nil, err
	}
	list, err := a.Notices.Board.Notices(ctx, c.Business, readerOf(c), notify.Mark{At: mark.At, ID: mark.ID}, in.Limit+1)
	if err != nil {
		return nil, err
	}
	manages := auth.May(auth.Admin, auth.ManageScope).Check(c.Principal) == nil
	shape := func(x notify.Listed) Notice { return noticeOf(x, notify.Locale(in.Locale), manages) }
	return &noticesBody{Body: pageOf(list, in.Limit, shape, func(x notify.Listed) string { return cursor(desk.Mark{At: x.At, ID: x.ID}) })}, nil
}

func noticeOf(x notify.Listed, l notify.Locale, manages bool) Notice {
	w := notify.Write(x.Notice, x.Place, l)
	n := Notice{
		ID: x.ID, Kind: string(x.Kind), NumberID: orNull(string(x.Number)), Level: x.Level, Reason: x.Reason, At: x.At.UTC(), Until: moment(x.Until),
		Current: notify.Holds(x.Notice, x.Place), Read: x.Read, Title: w.Title, Text: w.Text, Do: w.Do, Deliveries: []NoticeDelivery{},
	}
	if !manages {
		return n
	}
	for _, d := range x.Deliveries {
		n.Deliveries = append(n.Deliveries, NoticeDelivery{
			Channel: string(d.Channel), To: shownRecipient(d), State: string(d.State), Attempts: d.Attempts, Reason: d.Reason,
			SettledAt: moment(d.SettledAt), MessageID: orNull(string(d.Message)), Status: string(d.Status),
		})
	}
	return n
}

// shownRecipient is where a delivery goes. Hooks are the operator's: their addresses
// may bear secrets.
func shownRecipient(d notify.Delivery) string {
	switch d.Channel {
	case notify.Mail:
		return d.Recipient
	case notify.Template:
		return "+" + d.Recipient
	case notify.Hook:
	}
	return ""
}

func (a *API) noticeSettings(ctx context.Context) (*noticeSettingsBody, error) {
	c := callerOf(ctx)
	s, err := a.Notices.Board.NoticeSettings(ctx, c.Business)
	if err != nil {
		return nil, err
	}
	out := &noticeSettingsBody{Body: NoticeSettings{
		Mail: s.Mail, MailAvailable: a.Notices.Mail, Language: string(notify.English), Private: make([]PrivateNumber, 0, len(s.Private)),
	}}
	if c.Person != "" {
		l, err := a.Notices.Board.LocaleOf(ctx, c.Business, c.Person)
		if err != nil {
			return nil, err
		}
		out.Body.Language = string(l)
	}
	for _, p := range s.Private {
		out.Body.Private = append(out.Body.Private, PrivateNumber{
			NumberID: p.Number, Phone: "+" + p.Phone, Template: p.Template, Language: p.Language, SenderNumberID: p.Sender,
		})
	}
	return out, nil
}

func (a *API) putNoticeSettings(ctx context.Context, in *putNoticeSettings) (*noticeSettingsBody, error) {
	c := callerOf(ctx)
	s := notify.Settings{Mail: in.Body.Mail}
	seen := map[wa.NumberID]bool{}
	for i, p := range in.Body.Private {
		digits := wa.Digits(p.Phone)
		if len(digits) < 7 || len(digits) > 15 {
			return nil, fault.Of(fault.CodeParameterInvalid).Saying("private[%s].phone: must be a phone number with its country code.", strconv.Itoa(i))
		}
		if seen[p.NumberID] {
			return nil, fault.Of(fault.CodeParameterInvalid).Saying("private[%s].number_id: a number has one private number.", strconv.Itoa(i))
		}
		seen[p.NumberID] = true
		s.Private = append(s.Private, notify.Private{
			Number: p.NumberID, Phone: digits, Template: p.Template, Language: p.Language, Sender: p.SenderNumberID,
		})
	}
	if err := a.Notices.Board.PutNoticeSettings(ctx, c.Business, s); err != nil {
		return nil, err
	}
	if c.Person != "" && in.Body.Language != "" {
		if err := a.Notices.Board.PutLocale(ctx, c.Business, c.Person, notify.Locale(in.Body.Language)); err != nil {
			return nil, err
		}
	}
	return a.noticeSettings(ctx)
}
