package cloudapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"wasl/internal/outbox"
	"wasl/internal/wa"
)

// PhoneNumber is what Meta says of a Number (coexistence-protocol §3).
type PhoneNumber struct {
	ID           wa.PhoneNumberID `json:"id"`
	Display      string           `json:"display_phone_number"`
	VerifiedName string           `json:"verified_name"`
	Quality      string           `json:"quality_rating"`
	PlatformType string           `json:"platform_type"` // CLOUD_API, …
	Status       string           `json:"status"`        // CONNECTED, …
	// OnBizApp is nil if Meta does not say.
	OnBizApp  *bool  `json:"is_on_biz_app"`
	Onboarded string `json:"last_onboarded_time"` // 2026-10-01T10:00:00+0000
}

// Coexists reports whether the Number is used by the phone app and the API at
// once. Only then may it not be registered or deregistered (L2).
func (n PhoneNumber) Coexists() bool { return n.onBizApp() && n.PlatformType == "CLOUD_API" }

func (n PhoneNumber) onBizApp() bool { return n.OnBizApp != nil && *n.OnBizApp }

const numberFields = "id,display_phone_number,verified_name,quality_rating,platform_type,status,is_on_biz_app,last_onboarded_time"

// RefusedError is Graph's refusal of a request that sends nothing.
type RefusedError struct {
	HTTP  int
	Code  int
	Title string
}

// Error names code and title.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("graph refused with HTTP %d, code %d %s", e.HTTP, e.Code, e.Title)
}

// PhoneNumber asks for one Number.
func (c *Client) PhoneNumber(ctx context.Context, token outbox.Token, id wa.PhoneNumberID) (PhoneNumber, error) {
	var n PhoneNumber
	err := c.get(ctx, token, url.PathEscape(string(id)), url.Values{"fields": {numberFields}}, &n)
	if err != nil {
		return PhoneNumber{}, fmt.Errorf("ask for number: %w", err)
	}
	return n, nil
}

// PhoneNumbers lists the Numbers of a WABA, all pages of them.
func (c *Client) PhoneNumbers(ctx context.Context, token outbox.Token, w wa.WABAID) ([]PhoneNumber, error) {
	var all []PhoneNumber
	q := url.Values{"fields": {numberFields}, "limit": {"100"}}
	for {
		var page struct {
			Data   []PhoneNumber `json:"data"`
			Paging struct {
				Cursors struct {
					After string `json:"after"`
				} `json:"cursors"`
				Next string `json:"next"`
			} `json:"paging"`
		}
		if err := c.get(ctx, token, url.PathEscape(string(w))+"/phone_numbers", q, &page); err != nil {
			return nil, fmt.Errorf("list numbers: %w", err)
		}
		all = append(all, page.Data...)
		if page.Paging.Next == "" || page.Paging.Cursors.After == "" {
			return all, nil
		}
		q.Set("after", page.Paging.Cursors.After)
	}
}

// Subscribe makes our app hear of a WABA. Doing it twice is doing it once.
func (c *Client) Subscribe(ctx context.Context, token outbox.Token, w wa.WABAID) error {
	var done struct {
		Success bool `json:"success"`
	}
	if err := c.ask(ctx, http.MethodPost, token, url.PathEscape(string(w))+"/subscribed_apps", nil, strings.NewReader("{}"), &done); err != nil {
		return fmt.Errorf("subscribe to webhooks: %w", err)
	}
	if !done.Success {
		return fmt.Errorf("subscribe to webhooks: graph did not say that it worked")
	}
	return nil
}

// Subscribed lists the ids of the apps that hear of a WABA.
func (c *Client) Subscribed(ctx context.Context, token outbox.Token, w wa.WABAID) ([]string, error) {
	var page struct {
		Data []struct {
			App struct {
				ID string `json:"id"`
			} `json:"whatsapp_business_api_data"`
		} `json:"data"`
	}
	if err := c.get(ctx, token, url.PathEscape(string(w))+"/subscribed_apps", nil, &page); err != nil {
		return nil, fmt.Errorf("list subscribed apps: %w", err)
	}
	ids := make([]string, len(page.Data))
	for i, d := range page.Data {
		ids[i] = d.App.ID
	}
	return ids, nil
}

func (c *Client) get(ctx context.Context, token outbox.Token, path string, q url.Values, into any) error {
	return c.ask(ctx, http.MethodGet, token, path, q, nil, into)
}

// ask makes a request that sends no message, and reads its answer.
func (c *Client) ask(ctx context.Context, method string, token outbox.Token, path string, q url.Values, body io.Reader, into any) error {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	req, err := c.request(ctx, method, path, token, body)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		// The address may hold a token or a secret, and Go's error quotes it.
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return err
	}
	defer resp.Body.Close()
	raw, err := read(resp.Body)
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		e, _ := parseError(raw)
		return &RefusedError{HTTP: resp.StatusCode, Code: e.Code, Title: e.Title}
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	return nil
}
