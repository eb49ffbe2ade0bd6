package metaemu

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"time"

	"wasl/metaemu/media"
)

// mediaWorld is the media that Reset forgets.
type mediaWorld struct {
	by    map[string]*medium
	order []string // ids as they were made
	// blobs are the contents, each once, by its SHA-256 in hexadecimal digits; held
	// is how many bytes they have.
	blobs map[string]*blob
	held  int
	// base is the address at which Graph was called last, for those in webhooks.
	base string
	// uploads are the resumable ones by id, handles what their last step answered.
	uploads map[string]*upload
	handles map[string]*upload
	started []string // uploads as they were started
}

func newMediaWorld() mediaWorld {
	return mediaWorld{by: map[string]*medium{}, blobs: map[string]*blob{}, uploads: map[string]*upload{}, handles: map[string]*upload{}}
}

// medium is one media id and what it stands for.
type medium struct {
	id, mime, name string
	sha            string
	size           int64
	animated       bool
	// number is the number it was uploaded for or that was told of it; empty if
	// nobody but the emulator's own side knows it yet.
	number   string
	uploaded bool // over Graph
	since    time.Time
	deleted  bool
}

// blob is the content of one medium or more.
type blob struct {
	content []byte
	users   int
}

// How long ids work, by where they come from (cloud-api-protocol §3, read
// 2026-09).
var (
	uploadLife = 30 * 24 * time.Hour
	// toldLife is that of ids in webhooks, toldLifeBefore what it was until
	// briefLife.
	toldLife       = 7 * 24 * time.Hour
	toldLifeBefore = 30 * 24 * time.Hour
	briefLife      = []datedRule{{"2025-01-01", false}, {"2025-10-09", true}}
)

// addMedium keeps a file under a new id.
func (e *Emulator) addMedium(mime, name string, content []byte) *medium {
	sum := sha256.Sum256(content)
	m := &medium{
		id: e.nodeID("media"), mime: mime, name: name, sha: hex.EncodeToString(sum[:]), size: int64(len(content)),
		animated: media.Animated(content), since: e.clock.Now(),
	}
	e.keepMedium(m, content)
	return m
}

// again is the same file under an id of its own: every message has one.
func (e *Emulator) again(m *medium) *medium {
	twin := &medium{id: e.nodeID("media"), mime: m.mime, name: m.name, sha: m.sha, size: m.size, animated: m.animated, since: e.clock.Now()}
	e.keepMedium(twin, e.bytesOf(m))
	return twin
}

func (e *Emulator) keepMedium(m *medium, content []byte) {
	w := &e.media
	w.by[m.id] = m
	w.order = append(w.order, m.id)
	e.hold(m.sha, content)
	e.makeRoom()
}

// makeRoom forgets the oldest media, and then the oldest resumable uploads, until
// the rest is within its bounds. The newest stays.
func (e *Emulator) makeRoom() {
	w := &e.media
	for len(w.order) > e.cfg.KeepMediaIDs || w.held > e.cfg.KeepMedia && len(w.order) > 1 {
		old := w.by[w.order[0]]
		w.order = w.order[1:]
		delete(w.by, old.id)
		e.release(old.sha)
	}
	for w.held > e.cfg.KeepMedia && len(w.started) > 1 {
		e.forgetUpload()
	}
}

// hold keeps a content once, however many use it.
func (e *Emulator) hold(sha string, content []byte) {
	b := e.media.blobs[sha]
	if b == nil {
		b = &blob{content: content}
		e.media.blobs[sha] = b
		e.media.held += len(content)
	}
	b.users++
}

func (e *Emulator) release(sha string) {
	b := e.media.blobs[sha]
	if b.users--; b.users == 0 {
		delete(e.media.blobs, sha)
		e.media.held -= len(b.content)
	}
}

func (e *Emulator) bytesOf(m *medium) []byte { return e.media.blobs[m.sha].content }

// mediumLives answers whether an id still works over Graph.
func (e *Emulator) mediumLives(m *medium, at time.Time) bool {
	life := uploadLife
	if !m.uploaded {
		life = toldLifeBefore
		if e.rule(briefLife, m.since) {
			life = toldLife
		}
	}
	return !m.deleted && m.number != "" && at.Sub(m.since) < life
}

// idsIn finds what may be the id of a medium in the value of a webhook. A quotation
// mark inside a text is written \" and is not taken for one of these.
var idsIn = regexp.MustCompile(`"id":"(\d+)"`)

// claim notes which number is told of a medium, and when: from then on its id can
// be asked for.
func (e *Emulator) claim(n *number, value []byte, at time.Time) {
	if len(e.media.by) == 0 {
		return
	}
	for _, found := range idsIn.FindAllSubmatch(value, -1) {
		if m := e.media.by[string(found[1])]; m != nil && m.number == "" {
			m.number, m.since = n.ID, at
		}
	}
}

// mediaEdges are those of media and of resumable uploads.
func mediaEdges() []edge {
	return []edge{
		{
			on: "number", method: "POST", name: "media", fields: "messaging_product file type", codes: []int{100, 131053},
			source: "cloud-api-protocol §3", do: ofNumber((*Emulator).uploadMedia),
		},
		{
			on: "media", method: "GET", fields: "phone_number_id messaging_product url mime_type sha256 file_size id", codes: []int{100},
			source: "cloud-api-protocol §3", do: (*Emulator).mediaNode,
		},
		{on: "media", method: "DELETE", fields: "phone_number_id", codes: []int{100}, source: "cloud-api-protocol §3", do: (*Emulator).deleteMedia},
		{on: "app", method: "POST", name: "uploads", fields: "file_name file_length file_type", codes: []int{100}, source: "cloud-api-protocol §3.1", do: ofApp((*Emulator).startUpload)},
		{on: "upload", method: "GET", fields: "sig id file_offset", codes: []int{100}, source: "cloud-api-protocol §3.1", do: ofUpload((*Emulator).uploadNode)},
		{on: "upload", method: "POST", fields: "sig file_offset h", codes: []int{100}, source: "cloud-api-protocol §3.1", do: ofUpload((*Emulator).takeUpload)},
	}
}

func mediaFinders() []func(e *Emulator, id string) target {
	return []func(e *Emulator, id string) target{
		// Whose it is, is asked by its calls: they answer as if it were not there.
		func(e *Emulator, id string) target {
			if m := e.media.by[id]; m != nil && e.mediumLives(m, e.clock.Now()) {
				return target{kind: "media", this: m}
			}
			return target{}
		},
		func(e *Emulator, id string) target {
			if u := e.media.uploads[id]; u != nil {
				return target{kind: "upload", this: u}
			}
			return target{}
		},
	}
}
