package media_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/media"
	"wasl/internal/wa"
)

// sick is a vault that does not answer so many times.
type sick struct {
	media.Vault
	keeps, removes int
}

type sickDraft struct {
	media.Draft
	v *sick
}

func (s *sick) Create(b wa.BusinessID) (media.Draft, error) {
	d, err := s.Vault.Create(b)
	return sickDraft{d, s}, err
}

func (d sickDraft) Keep(sum []byte) error {
	if d.v.keeps > 0 {
		d.v.keeps--
		d.Drop()
		return fmt.Errorf("write file: %w", media.ErrUnavailable)
	}
	return d.Draft.Keep(sum)
}

func (s *sick) Remove(b wa.BusinessID, sum []byte) error {
	if s.removes > 0 {
		s.removes--
		return fmt.Errorf("remove file: %w", media.ErrUnavailable)
	}
	return s.Vault.Remove(b, sum)
}

// TestVaultTrouble: a file is not lost while the store of files does not answer; it is
// fetched again until it does.
func TestVaultTrouble(t *testing.T) {
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		m := &meta{answers: map[string][]answer{"m1": {{body: "a picture"}}}, asked: map[string]int{}}
		s := &shelf{files: map[wa.MessageID]media.File{"msg": {
			Business: "biz", Message: "msg", Number: "num", MediaID: "m1", Lane: media.Live, State: media.Wanted,
			Expires: time.Now().Add(7 * 24 * time.Hour), NextAt: time.Now(),
		}}}
		v := &sick{Vault: media.Disk{Root: root}, keeps: 8}
		ctx, end := context.WithCancel(t.Context())
		f := &media.Fetcher{API: m, Store: s, Vault: v, Log: slog.New(slog.DiscardHandler)}
		done := make(chan error)
		go func() { done <- f.Run(ctx, media.Live) }()
		time.Sleep(time.Minute)
		if got := s.get("msg"); got.State != media.Wanted || got.Reason != media.Trouble {
			t.Errorf("after a minute of trouble it is %s (%s)", got.State, got.Reason)
		}
		time.Sleep(2 * time.Hour)
		if got := s.get("msg"); got.State != media.Stored {
			t.Errorf("after the trouble it is %s (%s)", got.State, got.Reason)
		}
		end()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func (s *shelf) Businesses(context.Context) ([]wa.BusinessID, error) {
	return []wa.BusinessID{"biz"}, nil
}

func (s *shelf) OldFiles(_ context.Context, _ wa.BusinessID, before time.Time, _ int) (list []media.File, err error) {
	for _, f := range s.files {
		if f.State == media.Stored && f.StoredAt.Before(before) {
			list = append(list, f)
		}
	}
	return list, nil
}

func (s *shelf) SumUsed(context.Context, wa.BusinessID, []byte) (bool, error) { return false, nil }

// TestSweepTrouble: bytes that could not be removed are removed by the next sweep.
func TestSweepTrouble(t *testing.T) {
	v := &sick{Vault: media.Disk{Root: t.TempDir()}, removes: 1}
	d, err := v.Create("biz")
	if err == nil {
		_, err = d.Write([]byte("old"))
	}
	if err == nil {
		err = d.Keep(sumOf("old"))
	}
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{files: map[wa.MessageID]media.File{"msg": {Business: "biz", Message: "msg", State: media.Stored, SHA256: sumOf("old")}}}
	w := &media.Sweeper{Store: s, Vault: v, Keep: time.Hour, Log: slog.New(slog.DiscardHandler)}
	if err := w.Sweep(t.Context()); !errors.Is(err, media.ErrUnavailable) || s.get("msg").State != media.Stored {
		t.Errorf("the first sweep: %v, %s", err, s.get("msg").State)
	}
	if err := w.Sweep(t.Context()); err != nil || s.get("msg").State != media.Removed {
		t.Errorf("the second sweep: %v, %s", err, s.get("msg").State)
	}
	if _, err := v.Open("biz", sumOf("old")); err == nil {
		t.Error("the bytes are still there")
	}
}
