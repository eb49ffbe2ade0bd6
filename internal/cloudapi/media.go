package cloudapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"wasl/internal/media"
	"wasl/internal/outbox"
)

var _ media.API = (*Client)(nil)

// Media implements [media.API] (cloud-api-protocol §3).
func (c *Client) Media(ctx context.Context, token, id string) (media.Info, error) {
	var out struct {
		URL  string          `json:"url"`
		Type string          `json:"mime_type"`
		Size json.RawMessage `json:"file_size"` // a number, or a string with one
	}
	if err := c.get(ctx, outbox.Token(token), url.PathEscape(id), nil, &out); err != nil {
		return media.Info{}, fmt.Errorf("ask for file: %w", lost(err))
	}
	if out.URL == "" {
		return media.Info{}, errors.New("ask for file: no address in the answer")
	}
	size, _ := strconv.ParseInt(string(bytes.Trim(out.Size, `"`)), 10, 64) // unknown: it is counted as it comes
	return media.Info{URL: out.URL, Type: out.Type, Size: size}, nil
}

// lost tells a file that is not there, and one that is kept from us, from trouble.
func lost(err error) error {
	var r *RefusedError
	if !errors.As(err, &r) {
		return err
	}
	switch {
	case r.Code == 190 || r.Code == 10 || r.Code >= 200 && r.Code <= 299 || r.HTTP == http.StatusUnauthorized || r.HTTP == http.StatusForbidden:
		return fmt.Errorf("%w: %w", media.ErrNoAccess, err)
	case r.HTTP == http.StatusNotFound, r.Code == 100, r.Code == 803:
		return fmt.Errorf("%w: %w", media.ErrNotFound, err)
	}
	return err
}

// downloadTimeout bounds a download: 100 MB in it are 170 kB/s.
const downloadTimeout = 10 * time.Minute

// Download implements [media.API]. The address is Meta's own and needs the token;
// a redirect is not followed, so that no one else gets it.
func (c *Client) Download(ctx context.Context, token, address string, w io.Writer) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("download file: Meta told an address that is none")
	}
	if u.Scheme == "http" && !c.plain {
		return errors.New("download file: Meta told an address without encryption")
	}
	ctx, cancel := context.WithTimeout(ctx, downloadTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return errors.New("download file: Meta told an address that is none")
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("User-Agent", "wasl")
	resp, err := c.http.Do(r)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return fmt.Errorf("download file: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("download file: %w", lost(&RefusedError{HTTP: resp.StatusCode}))
	}
	if _, err := io.Copy(w, resp.Body); err != nil {
		return fmt.Errorf("download file: %w", err)
	}
	return nil
}
