package scenario

import (
	"io"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/desk"
	"wasl/internal/media"
	"wasl/internal/wa"
	"wasl/metaemu"
)

// files are the files of all messages, by what has become of them.
func (s *spine) files() map[string]int {
	s.t.Helper()
	n := map[string]int{}
	for _, m := range s.messages() {
		if m.File != nil {
			n[m.File.State]++
		}
	}
	return n
}

func (s *spine) messages() (all []desk.Message) {
	s.t.Helper()
	for _, c := range must(s.db.Conversations(s.t.Context(), s.business, desk.Filter{Limit: 500, Now: time.Now()}))(s.t) {
		page, more, err := s.db.Thread(s.t.Context(), s.business, c.ID, desk.Span{Limit: 500})
		if err != nil || more {
			s.t.Fatal(more, err)
		}
		all = append(all, page...)
	}
	return all
}

// TestMedia: what a customer and the owner send is here within seconds, byte for
// byte, and stays when Meta's ids are long gone.
func TestMedia(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpine(t)
		for _, typ := range []string{"image", "video", "audio", "document", "sticker"} {
			must(s.emu.CustomerSend(s.customer.ID, s.number.ID, metaemu.Content{Type: typ}))(t)
			must(s.emu.PhoneSend(s.number.ID, s.customer.ID, metaemu.Content{Type: typ}))(t)
		}
		s.pass(10 * time.Second)
		if got := s.files(); got["stored"] != 10 || len(got) != 1 {
			t.Fatalf("files %v, want all ten here", got)
		}
		for _, m := range s.messages() {
			f, ok, err := s.db.FileOf(t.Context(), s.business, m.ID)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			want, _, _, err := s.emu.MediaContent(f.MediaID)
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.vault.Open(s.business, f.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || string(got) != string(want) || m.File.Type == "" {
				t.Errorf("%s: %d bytes of %s, %v; Meta has %d", m.Type, len(got), m.File.Type, err, len(want))
			}
			_ = r.Close() // read only
		}
	})
}

// TestMediaWaitsForMeta: while Meta does not answer the files wait, and come when
// it does again.
func TestMediaWaitsForMeta(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpine(t)
		s.knobs(`{"error_before":1,"calls":"*"}`)
		must(s.emu.CustomerSend(s.customer.ID, s.number.ID, metaemu.Content{Type: "image"}))(t)
		s.pass(3 * time.Hour)
		if got := s.files(); got["wanted"] != 1 {
			t.Errorf("meanwhile %v, want it wanted", got)
		}
		s.knobs(`{"error_before":0}`)
		s.pass(time.Hour)
		if got := s.files(); got["stored"] != 1 {
			t.Errorf("files %v, want it stored", got)
		}
	})
}

// TestHistoryMedia: files of the past come after their placeholders and are kept,
// also those that Meta sends by the wrong field; what is older than a fortnight
// never comes, and is known to be lost.
func TestHistoryMedia(t *testing.T) {
	for _, misfiled := range []string{`{}`, `{"misfiled_media":1}`} {
		t.Run(misfiled, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := moving(t, metaemu.NumberSpec{History: []byte(`[{"with":"966500000077","messages":[
					{"ago":"2d","type":"image","from_me":true},{"ago":"3d","type":"audio"},{"ago":"40d","type":"document"},{"ago":"1d","text":"hello"}]}]`)})
				s.knobs(misfiled)
				o := s.begin(s.popup(true))
				s.pass(12 * time.Hour)
				if got := s.files(); got["stored"] != 2 || len(got) != 1 {
					t.Errorf("files %v, want the two that are young enough", got)
				}
				told := must(s.db.HistoryTold(t.Context(), s.business, o.Number))(t)
				if told.Messages != 4 || told.Found != 2 || told.Lost != 1 || told.Waiting != 0 {
					t.Errorf("told %+v", told)
				}
				for _, m := range s.messages() {
					if m.Provenance != wa.History {
						t.Errorf("%s of the past is %s", m.Type, m.Provenance)
					}
				}
			})
		})
	}
}

// TestOldMediaGoes: after its time a file is gone from the disk, its message says
// so, and bytes that another message still shows stay.
func TestOldMediaGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpine(t)
		sample := must(s.emu.AddMedia("price.pdf", "application/pdf", []byte("%PDF-1.7 prices")))(t)
		again := func() {
			must(s.emu.CustomerSend(s.customer.ID, s.number.ID, metaemu.Content{Type: "document", Object: []byte(`{"id":"` + sample.ID + `"}`)}))(t)
			s.pass(10 * time.Second)
		}
		sweeper := &media.Sweeper{Store: s.db, Vault: s.vault, Keep: 30 * time.Minute, Log: slog.New(slog.DiscardHandler)}
		sweep := func() {
			if err := sweeper.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		again()
		s.pass(20 * time.Minute)
		again()
		first, _, err := s.db.FileOf(t.Context(), s.business, s.messages()[0].ID)
		if err != nil || first.State != media.Stored {
			t.Fatal(first, err)
		}
		s.pass(15 * time.Minute)
		sweep()
		if got := s.files(); got["removed"] != 1 || got["stored"] != 1 {
			t.Errorf("files %v, want the older one removed", got)
		}
		r, err := s.vault.Open(s.business, first.SHA256)
		if err != nil {
			t.Fatalf("the bytes of both are gone: %v", err)
		}
		_ = r.Close() // read only
		s.pass(30 * time.Minute)
		sweep()
		if got := s.files(); got["removed"] != 2 {
			t.Errorf("files %v, want both removed", got)
		}
		if _, err := s.vault.Open(s.business, first.SHA256); err == nil {
			t.Error("the bytes are still on the disk")
		}
	})
}
