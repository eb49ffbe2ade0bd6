package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"wasl/internal/clock"
	"wasl/internal/media"
	"wasl/internal/platform"
	"wasl/internal/wa"
)

// TopicFiles is woken when files of a lane have come to be wanted.
func TopicFiles(l media.Lane) string { return "files_" + string(l) }

// wakeFiles wakes the fetchers of lanes.
func (db *DB) wakeFiles(lanes []media.Lane) {
	for _, l := range lanes {
		db.Wake(TopicFiles(l))
	}
}

// mediaPart is what a message says of its file.
type mediaPart struct {
	ID       string `json:"id"`
	MimeType string `json:"mime_type"`
	SHA256   string `json:"sha256"`
	Filename string `json:"filename"`
}

// kindsOfFile are the types of messages that have one.
var kindsOfFile = []string{"image", "video", "audio", "document", "sticker"}

// fileOf reads what a message says of its file; ok is false if it has none.
func fileOf(c wa.Content) (p mediaPart, ok bool) {
	if !slices.Contains(kindsOfFile, c.Type) {
		return p, false
	}
	var parts map[string]json.RawMessage
	if json.Unmarshal(c.JSON, &parts) != nil || json.Unmarshal(parts[c.Type], &p) != nil {
		return p, false
	}
	return p, p.ID != ""
}

// wantFiles writes down the files of the messages that are being written. A file
// that is here already stays; one that is told of again, as a placeholder's, is
// wanted by its new id.
func (a *applier) wantFiles(ctx context.Context) error {
	var rows [][]any
	lanes := map[media.Lane]bool{}
	var byID map[wa.MessageID]*msgRow
	for _, id := range slices.Sorted(maps.Keys(a.bodies)) {
		p, ok := fileOf(a.bodies[id])
		if !ok {
			continue
		}
		if byID == nil {
			byID = map[wa.MessageID]*msgRow{}
			for _, tr := range a.traces {
				if tr.msg != nil {
					byID[tr.msg.id] = tr.msg
				}
			}
		}
		m := byID[id]
		if m == nil {
			continue
		}
		lane := media.Live
		if m.provenance != wa.Live {
			lane = media.History
		}
		lanes[lane] = true
		expires := a.now.Add(a.db.facts.On(a.now).Span(platform.MediaIDAge))
		rows = append(rows, []any{
			string(a.b), string(id), string(m.number), p.ID, a.bodies[id].Type, p.MimeType, p.Filename, p.SHA256, string(lane),
			string(media.Wanted), clock.Micros(expires), clock.Micros(a.now),
		})
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := a.insert(ctx, rows, `INSERT INTO message_file (business_id, message_id, number_id, media_id, kind, mime, name, told_sum, lane,
			state, expires_at, next_at)`,
		`ON CONFLICT (business_id, message_id) DO UPDATE SET media_id = EXCLUDED.media_id, kind = EXCLUDED.kind, mime = EXCLUDED.mime,
			name = EXCLUDED.name, told_sum = EXCLUDED.told_sum, lane = EXCLUDED.lane, state = EXCLUDED.state, reason = '', tries = 0,
			expires_at = EXCLUDED.expires_at, next_at = EXCLUDED.next_at
			WHERE message_file.state NOT IN ('stored', 'removed') AND message_file.media_id <> EXCLUDED.media_id`)
	if err != nil {
		return fmt.Errorf("write wanted files: %w", err)
	}
	for _, l := range []media.Lane{media.Live, media.History} {
		if lanes[l] {
			if err := a.t.dueBefore(ctx, a.b, TopicFiles(l), a.now); err != nil {
				return err
			}
			a.files = append(a.files, l)
		}
	}
	return nil
}
