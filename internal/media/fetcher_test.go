package media_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/media"
	"wasl/internal/wa"
)

// shelf plays the store: wanted files of one Business.
type shelf struct {
	mu    sync.Mutex
	files map[wa.MessageID]media.File
}

func (s *shelf) FilesDue(_ context.Context, l media.Lane, now time.Time) (due []wa.BusinessID, next time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		switch {
		case f.Lane != l || f.State != media.Wanted:
		case !f.NextAt.After(now):
			due = []wa.BusinessID{"biz"}
		case next.IsZero() || f.NextAt.Before(next):
			next = f.NextAt
		}
	}
	return due, next, nil
}

func (s *shelf) WantedFiles(_ context.Context, _ wa.BusinessID, l media.Lane, now time.Time, limit int) (list []media.File, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		if f.Lane == l && f.State == media.Wanted && !f.NextAt.After(now) && len(list) < limit {
			list = append(list, f)
		}
	}
	return list, nil
}

func (s *shelf) PutFile(_ context.Context, f media.File, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[f.Message] = f
	return nil
}

func (s *shelf) RestFiles(context.Context, wa.BusinessID, media.Lane) error { return nil }

func (s *shelf) Address(context.Context, wa.BusinessID, wa.NumberID) (wa.PhoneNumberID, string, error) {
	return "501", "token", nil
}

func (s *shelf) get(m wa.MessageID) media.File {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[m]
}

// meta answers for a file by its id; each answer is used once, the last for ever.
type meta struct {
	mu      sync.Mutex
	answers map[string][]answer
	asked   map[string]int
}

type answer struct {
	info error
	load error
	size int64 // as told; 0: nothing told
	body string
}

func (m *meta) next(id string) answer {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := m.answers[id]
	if len(list) == 0 {
		return answer{info: media.ErrNotFound}
	}
	if len(list) > 1 {
		m.answers[id] = list[1:]
	}
	return list[0]
}

func (m *meta) Media(_ context.Context, token, id string) (media.Info, error) {
	m.mu.Lock()
	m.asked[id]++
	a := media.ErrNotFound
	if list := m.answers[id]; len(list) > 0 {
		a = list[0].info
	}
	size := int64(0)
	if list := m.answers[id]; len(list) > 0 {
		size = list[0].size
	}
	m.mu.Unlock()
	if a != nil || token != "token" {
		_ = m.next(id) // used up
		return media.Info{}, a
	}
	return media.Info{URL: id, Type: "image/png", Size: size}, nil
}

func (m *meta) Download(_ context.Context, _, url string, w io.Writer) error {
	a := m.next(url)
	if _, err := io.WriteString(w, a.body); err != nil {
		return err
	}
	return a.load
}

func sumOf(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

// TestFetch: what becomes of a file by what Meta answers.
func TestFetch(t *testing.T) {
	const body = "a picture"
	ok := answer{body: body}
	trouble := errors.New("connection reset")
	for _, tt := range []struct {
		name    string
		told    string // hash
		answers []answer
		pass    time.Duration
		state   media.State
		reason  string
		asked   int
	}{
		{"at once", "", []answer{ok}, time.Second, media.Stored, "", 1},
		{"hash in hex", hex.EncodeToString(sumOf(body)), []answer{ok}, time.Second, media.Stored, "", 1},
		{"hash in base64", base64.StdEncoding.EncodeToString(sumOf(body)), []answer{ok}, time.Second, media.Stored, "", 1},
		{"a hash of no kind says nothing", "AbC=", []answer{ok}, time.Second, media.Stored, "", 1},
		{"other bytes than announced", hex.EncodeToString(sumOf("x")), []answer{ok}, time.Hour, media.Refused, media.Altered, 1},
		{"trouble, then well", "", []answer{{load: trouble}, {info: trouble}, ok}, 20 * time.Second, media.Stored, "", 3},
		{"half a file is none", hex.EncodeToString(sumOf(body)), []answer{{body: "a pic", load: trouble}, ok}, 20 * time.Second, media.Stored, "", 2},
		{"not there for a moment", "", []answer{{info: media.ErrNotFound}, ok}, 20 * time.Second, media.Stored, "", 2},
		{"never there", "", []answer{{info: media.ErrNotFound}}, time.Hour, media.Gone, media.NotFound, 5},
		{"no access: asked hourly", "", []answer{{info: media.ErrNoAccess}}, 150 * time.Minute, media.Wanted, media.NoAccess, 3},
		{"access comes back", "", []answer{{info: media.ErrNoAccess}, ok}, 90 * time.Minute, media.Stored, "", 2},
		{"too large as told", "", []answer{{size: 21}}, time.Hour, media.Refused, media.TooLarge, 1},
		{"too large as it comes", "", []answer{{body: "more than twenty bytes"}}, time.Hour, media.Refused, media.TooLarge, 1},
		{"its week is over", "", []answer{{info: trouble}}, 8 * 24 * time.Hour, media.Gone, media.Expired, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				m := &meta{answers: map[string][]answer{"m1": tt.answers}, asked: map[string]int{}}
				s := &shelf{files: map[wa.MessageID]media.File{"msg": {
					Business: "biz", Message: "msg", Number: "num", MediaID: "m1", Kind: "image", Type: "image/jpeg", Sum: tt.told, Lane: media.Live,
					State: media.Wanted, Expires: time.Now().Add(7 * 24 * time.Hour), NextAt: time.Now(),
				}}}
				f := &media.Fetcher{API: m, Store: s, Vault: media.Disk{Root: root}, Log: slog.New(slog.DiscardHandler), Largest: 20}
				ctx, end := context.WithCancel(t.Context())
				done := make(chan error)
				go func() { done <- f.Run(ctx, media.Live) }()
				time.Sleep(tt.pass)
				synctest.Wait()
				end()
				if err := <-done; err != nil {
					t.Error(err)
				}
				got := s.get("msg")
				if got.State != tt.state || got.Reason != tt.reason {
					t.Errorf("state %s, %s; want %s, %s", got.State, got.Reason, tt.state, tt.reason)
				}
				if tt.asked > 0 && m.asked["m1"] != tt.asked {
					t.Errorf("Meta was asked %d times, want %d", m.asked["m1"], tt.asked)
				}
				left, _ := filepath.Glob(filepath.Join(root, "biz", "*"))
				if tt.state != media.Stored {
					if len(left) > 0 {
						t.Errorf("%v stays behind", left)
					}
					return
				}
				r, err := f.Vault.Open("biz", got.SHA256)
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				kept, err := io.ReadAll(r)
				if err != nil || string(kept) != body || got.Size != int64(len(body)) || !bytes.Equal(got.SHA256, sumOf(body)) || got.Type != "image/png" {
					t.Errorf("kept %q, %v, %+v", kept, err, got)
				}
			})
		})
	}
}

// TestHistoryDelaysNoLiveFile: a hundred slow files of the past are being fetched,
// and one that has just come is here within a second.
func TestHistoryDelaysNoLiveFile(t *testing.T) {
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		m := &meta{answers: map[string][]answer{}, asked: map[string]int{}}
		s := &shelf{files: map[wa.MessageID]media.File{}}
		add := func(id string, l media.Lane) {
			m.answers[id] = []answer{{body: id}}
			s.files[wa.MessageID(id)] = media.File{
				Business: "biz", Message: wa.MessageID(id), MediaID: id, Lane: l, State: media.Wanted, Expires: time.Now().Add(time.Hour), NextAt: time.Now(),
			}
		}
		for i := range 100 {
			add(fmt.Sprint("old", i), media.History)
		}
		wake := make(chan struct{}, 1)
		f := &media.Fetcher{
			API: slow{m}, Store: s, Vault: media.Disk{Root: root}, Log: slog.New(slog.DiscardHandler), Wake: map[media.Lane]<-chan struct{}{media.Live: wake},
		}
		ctx, end := context.WithCancel(t.Context())
		var lanes sync.WaitGroup
		for _, l := range []media.Lane{media.Live, media.History} {
			lanes.Go(func() { _ = f.Run(ctx, l) })
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		s.mu.Lock()
		m.mu.Lock()
		add("new", media.Live)
		m.mu.Unlock()
		s.mu.Unlock()
		wake <- struct{}{}
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if got := s.get("new").State; got != media.Stored {
			t.Errorf("the new file is %s", got)
		}
		if got := s.get("old99").State; got == media.Stored && s.get("old50").State == media.Stored && s.get("old0").State == media.Stored {
			t.Error("the past was done before: this test shows nothing")
		}
		time.Sleep(20 * time.Minute)
		for i := range 100 {
			if got := s.get(wa.MessageID(fmt.Sprint("old", i))).State; got != media.Stored {
				t.Errorf("old%d is %s", i, got)
			}
		}
		end()
		lanes.Wait()
	})
}

// slow takes ten seconds for each file.
type slow struct{ *meta }

func (s slow) Download(ctx context.Context, token, url string, w io.Writer) error {
	time.Sleep(10 * time.Second)
	return s.meta.Download(ctx, token, url, w)
}

// TestDisk: one file per hash and Business, and nothing half written.
func TestDisk(t *testing.T) {
	d := media.Disk{Root: t.TempDir()}
	put := func(b wa.BusinessID, body string) error {
		f, err := d.Create(b)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, body); err != nil {
			return err
		}
		return f.Keep(sumOf(body))
	}
	for range 2 {
		if err := put("biz_a", "same"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Open("biz_b", sumOf("same")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("another business opens it: %v", err)
	}
	for _, b := range []wa.BusinessID{"", "..", "a/b", `a\b`} {
		if err := put(b, "x"); err == nil {
			t.Errorf("business %q was given a folder", b)
		}
	}
	half, err := d.Create("biz_a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(half, "half"); err != nil {
		t.Fatal(err)
	}
	if err := d.Sweep(); err != nil {
		t.Fatal(err)
	}
	var names []string
	_ = filepath.WalkDir(d.Root, func(path string, e os.DirEntry, _ error) error {
		if !e.IsDir() {
			names = append(names, filepath.Base(path))
		}
		return nil
	})
	if len(names) != 1 || names[0] != hex.EncodeToString(sumOf("same")) {
		t.Errorf("files: %v, want the one", names)
	}
	for range 2 {
		if err := d.Remove("biz_a", sumOf("same")); err != nil {
			t.Error(err)
		}
	}
	if _, err := d.Open("biz_a", sumOf("same")); err == nil {
		t.Error("it is still there")
	}
}
