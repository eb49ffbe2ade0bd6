package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"log/slog"
	"strings"
	"sync"
	"time"

	"wasl/internal/clock"
)

// Fetcher fetches what is wanted. It is safe for concurrent use.
type Fetcher struct {
	API   API
	Store Store
	Vault Vault
	Log   *slog.Logger
	// Largest is how many bytes of a file are kept; 0 means Meta's own greatest.
	Largest int64
	// Wake tells that files have come to be wanted; nil: found out by looking.
	Wake map[Lane]<-chan struct{}
}

// Meta takes files of up to 100 MB (cloud-api-protocol §3).
const metaLargest = 100 << 20

// How many files are fetched at once, and how many of one Business are looked at
// in a row.
var together = map[Lane]int{Live: 6, History: 2}

const handful = 16

const (
	lookSoonest = time.Second
	lookLatest  = 5 * time.Minute
)

// Run fetches a lane's files until ctx is done.
func (f *Fetcher) Run(ctx context.Context, l Lane) error {
	for {
		next, err := f.Round(ctx, l)
		if err != nil && ctx.Err() == nil {
			f.Log.Error("files not fetched", "lane", string(l), "err", err)
		}
		pause := lookLatest
		if !next.IsZero() {
			pause = max(lookSoonest, min(lookLatest, next.Sub(clock.Now())))
		}
		timer := clock.NewTimer(pause)
		select {
		case <-f.Wake[l]:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
		timer.Stop()
	}
}

// Round fetches what is due of a lane, and returns when more is due.
func (f *Fetcher) Round(ctx context.Context, l Lane) (next time.Time, err error) {
	list, _, err := f.Store.FilesDue(ctx, l, clock.Now())
	if err != nil {
		return next, err
	}
	for _, b := range list {
		for ctx.Err() == nil {
			files, werr := f.Store.WantedFiles(ctx, b, l, clock.Now(), handful)
			if werr != nil || len(files) == 0 {
				err = errors.Join(err, werr)
				break
			}
			if werr := f.several(ctx, files, together[l]); werr != nil {
				err = errors.Join(err, werr)
				break
			}
		}
		err = errors.Join(err, f.Store.RestFiles(ctx, b, l))
	}
	_, next, look := f.Store.FilesDue(ctx, l, clock.Now())
	return next, errors.Join(err, look)
}

func (f *Fetcher) several(ctx context.Context, files []File, atOnce int) error {
	slots, errs := make(chan struct{}, atOnce), make([]error, len(files))
	var wait sync.WaitGroup
	for i := range files {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			errs[i] = f.one(ctx, files[i])
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// one fetches a file and writes down what has become of it. Its error is the
// store's alone.
func (f *Fetcher) one(ctx context.Context, x File) error {
	now := clock.Now()
	if !now.Before(x.Expires) {
		x.State, x.Reason = Gone, Expired
		return f.Store.PutFile(ctx, x, now)
	}
	done, err := f.fetch(ctx, x)
	if ctx.Err() != nil {
		return nil // It is still wanted, by whoever comes next.
	}
	now = clock.Now()
	if err == nil {
		return f.Store.PutFile(ctx, done, now)
	}
	x.Tries++
	var final *finalError
	switch {
	case errors.As(err, &final):
		x.State, x.Reason = final.state, final.reason
	case errors.Is(err, ErrNotFound) && x.Tries >= triesForMissing:
		x.State, x.Reason = Gone, NotFound
	case errors.Is(err, ErrNotFound):
		x.Reason, x.NextAt = NotFound, now.Add(pause(x.Tries))
	case errors.Is(err, ErrNoAccess):
		x.Reason, x.NextAt = NoAccess, now.Add(longestPause)
	default:
		x.Reason, x.NextAt = Trouble, now.Add(pause(x.Tries))
	}
	f.Log.Debug("file not fetched", "business", x.Business, "message", x.Message, "tries", x.Tries, "reason", x.Reason)
	return f.Store.PutFile(ctx, x, now)
}

// An id that Meta does not know at once may be known a little later: webhooks
// overtake the store of files.
const triesForMissing = 5

const longestPause = time.Hour

func pause(tries int) time.Duration { return min(5*time.Second<<min(tries-1, 10), longestPause) }

// finalError is why a file is never tried again.
type finalError struct {
	state  State
	reason string
}

func (e *finalError) Error() string { return e.reason }

func (f *Fetcher) fetch(ctx context.Context, x File) (File, error) {
	_, token, err := f.Store.Address(ctx, x.Business, x.Number)
	if err != nil {
		return x, err
	}
	info, err := f.API.Media(ctx, token, x.MediaID)
	if err != nil {
		return x, err
	}
	largest := f.Largest
	if largest == 0 {
		largest = metaLargest
	}
	if info.Size > largest {
		return x, &finalError{Refused, TooLarge}
	}
	draft, err := f.Vault.Create(x.Business)
	if err != nil {
		return x, err
	}
	m := &measured{to: draft, sum: sha256.New(), most: largest}
	if err := f.API.Download(ctx, token, info.URL, m); err != nil {
		draft.Drop()
		if m.over {
			return x, &finalError{Refused, TooLarge}
		}
		return x, err
	}
	sum := m.sum.Sum(nil)
	if !announced(x.Sum, sum) {
		draft.Drop()
		return x, &finalError{Refused, Altered}
	}
	if err := draft.Keep(sum); err != nil {
		return x, fmt.Errorf("keep file: %w", err)
	}
	if info.Type != "" {
		x.Type = info.Type
	}
	x.State, x.Reason, x.SHA256, x.Size, x.StoredAt, x.NextAt = Stored, "", sum, m.size, clock.Now(), time.Time{}
	return x, nil
}

// announced reports whether a hash is the one that Meta told. Meta writes some in
// hex and some in base64; what is neither says nothing (cloud-api-protocol §3).
func announced(told string, sum []byte) bool {
	told = strings.TrimSpace(told)
	for _, read := range []func(string) ([]byte, error){
		hex.DecodeString, base64.StdEncoding.DecodeString, base64.URLEncoding.DecodeString, base64.RawStdEncoding.DecodeString,
	} {
		if want, err := read(told); err == nil && len(want) == sha256.Size {
			return bytes.Equal(want, sum)
		}
	}
	return true
}

// measured counts and hashes what is written through it, and stops at too much.
type measured struct {
	to   interface{ Write([]byte) (int, error) }
	sum  hash.Hash
	size int64
	most int64
	over bool
}

var errOver = errors.New("the file is larger than what is kept")

func (m *measured) Write(p []byte) (int, error) {
	if m.size+int64(len(p)) > m.most {
		m.over = true
		return 0, errOver
	}
	n, err := m.to.Write(p)
	m.size += int64(n)
	_, _ = m.sum.Write(p[:n]) // never fails
	return n, err
}
