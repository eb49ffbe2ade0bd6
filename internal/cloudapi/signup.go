package cloudapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"wasl/internal/coexist"
	"wasl/internal/outbox"
	"wasl/internal/wa"
)

var _ coexist.Graph = (*App)(nil)

// App is the house's own app at Meta: what onboards numbers.
type App struct {
	*Client
	ID     string
	Secret string
}

// own is the token of the app itself.
func (a *App) own() outbox.Token { return outbox.Token(a.ID + "|" + a.Secret) }

// told turns what went wrong into the words of onboarding.
func told(err error) error {
	if err == nil {
		return nil
	}
	var r *RefusedError
	if errors.As(err, &r) && r.HTTP < http.StatusInternalServerError && r.Code != 0 {
		return &coexist.Refusal{Code: r.Code, Title: r.Title, Transient: transient(r.Code)}
	}
	return fmt.Errorf("%w: %w", coexist.ErrUnanswered, err)
}

// transient reports whether a call that sends no message may be made again after
// this code (coexistence-protocol §3, cloud-api-protocol §6.2).
func transient(code int) bool {
	return slices.Contains([]int{1, 2, 4, 17, 32, 613, 80007, 130429, 131000, 131016, 131057}, code)
}

// Exchange implements [coexist.Graph] (coexistence-protocol §2.5, 1).
func (a *App) Exchange(ctx context.Context, code string) (string, error) {
	var out struct {
		Token string `json:"access_token"`
	}
	q := url.Values{"client_id": {a.ID}, "client_secret": {a.Secret}, "code": {code}}
	if err := a.get(ctx, "", "oauth/access_token", q, &out); err != nil {
		return "", fmt.Errorf("exchange code: %w", told(err))
	}
	if out.Token == "" {
		return "", fmt.Errorf("exchange code: %w: no token in the answer", coexist.ErrUnanswered)
	}
	return out.Token, nil
}

// Reaches implements [coexist.Graph] (coexistence-protocol §2.5, 2): the targets
// of the permission to manage, which Meta lists newest first.
func (a *App) Reaches(ctx context.Context, token string) ([]wa.WABAID, error) {
	var out struct {
		Data struct {
			Valid    bool `json:"is_valid"`
			Granular []struct {
				Scope   string      `json:"scope"`
				Targets []wa.WABAID `json:"target_ids"`
			} `json:"granular_scopes"`
		} `json:"data"`
	}
	if err := a.get(ctx, a.own(), "debug_token", url.Values{"input_token": {token}}, &out); err != nil {
		return nil, fmt.Errorf("ask about token: %w", told(err))
	}
	for _, g := range out.Data.Granular {
		if g.Scope == "whatsapp_business_management" {
			return g.Targets, nil
		}
	}
	return nil, nil
}

// Numbers implements [coexist.Graph].
func (a *App) Numbers(ctx context.Context, token string, w wa.WABAID) ([]coexist.Candidate, error) {
	list, err := a.PhoneNumbers(ctx, outbox.Token(token), w)
	if err != nil {
		return nil, told(err)
	}
	out := make([]coexist.Candidate, len(list))
	for i, n := range list {
		out[i] = coexist.Candidate{
			ID: n.ID, Display: n.Display, Name: n.VerifiedName, OnBizApp: n.onBizApp(), PlatformType: n.PlatformType, Status: n.Status,
			Onboarded: graphTime(n.Onboarded),
		}
	}
	return out, nil
}

// graphTime reads 2026-10-01T10:00:00+0000; zero if it is written otherwise.
func graphTime(s string) time.Time {
	for _, layout := range []string{"2006-01-02T15:04:05-0700", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// Subscribe implements [coexist.Graph].
func (a *App) Subscribe(ctx context.Context, token string, w wa.WABAID) error {
	return told(a.Client.Subscribe(ctx, outbox.Token(token), w))
}

// Fields implements [coexist.Graph] (cloud-api-protocol §5.1).
func (a *App) Fields(ctx context.Context) ([]string, error) {
	var out struct {
		Data []struct {
			Object string            `json:"object"`
			Active *bool             `json:"active"`
			Fields []json.RawMessage `json:"fields"`
		} `json:"data"`
	}
	if err := a.get(ctx, a.own(), url.PathEscape(a.ID)+"/subscriptions", nil, &out); err != nil {
		return nil, fmt.Errorf("ask for webhook fields: %w", told(err))
	}
	var fields []string
	for _, d := range out.Data {
		if d.Object != "whatsapp_business_account" || d.Active != nil && !*d.Active {
			continue
		}
		for _, raw := range d.Fields {
			// A field is an object with its version, or the name alone.
			var named struct {
				Name string `json:"name"`
			}
			if json.Unmarshal(raw, &named) != nil {
				_ = json.Unmarshal(raw, &named.Name) // neither: no field that is known
			}
			fields = append(fields, named.Name)
		}
	}
	return fields, nil
}

// Register implements [coexist.Graph].
func (a *App) Register(ctx context.Context, token string, n wa.PhoneNumberID, pin string) error {
	look, err := a.PhoneNumber(ctx, outbox.Token(token), n)
	if err != nil {
		return told(err)
	}
	// Not to say is not to say no.
	if look.OnBizApp == nil || *look.OnBizApp {
		return coexist.ErrOnPhone
	}
	if look.PlatformType == "CLOUD_API" && look.Status == "CONNECTED" {
		return nil
	}
	body, err := json.Marshal(map[string]string{"messaging_product": "whatsapp", "pin": pin})
	if err != nil {
		return err
	}
	var out struct{}
	err = a.ask(ctx, http.MethodPost, outbox.Token(token), url.PathEscape(string(n))+"/register", nil, strings.NewReader(string(body)), &out)
	if err != nil {
		return fmt.Errorf("register number: %w", told(err))
	}
	return nil
}

// AskSync implements [coexist.Graph] (coexistence-protocol §3).
func (a *App) AskSync(ctx context.Context, token string, n wa.PhoneNumberID, k coexist.SyncKind) coexist.SyncAnswer {
	kind := map[coexist.SyncKind]string{coexist.Contacts: "smb_app_state_sync", coexist.History: "history"}[k]
	body := fmt.Sprintf(`{"messaging_product":"whatsapp","sync_type":%q}`, kind)
	var out struct {
		RequestID string `json:"request_id"`
	}
	err := a.ask(ctx, http.MethodPost, outbox.Token(token), url.PathEscape(string(n))+"/smb_app_data", nil, strings.NewReader(body), &out)
	if err == nil {
		return coexist.SyncAnswer{RequestID: out.RequestID}
	}
	var r *coexist.Refusal
	if err = told(err); !errors.As(err, &r) {
		return coexist.SyncAnswer{Unsaid: true}
	}
	return coexist.SyncAnswer{Code: r.Code, Title: r.Title, Transient: r.Transient, Hold: verdictOn(r.Code).effect == outbox.StopNumber}
}
