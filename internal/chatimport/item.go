package chatimport

import (
	"encoding/json"
	"regexp"
	"strconv"
	"time"

	"wasl/internal/chatexport"
	"wasl/internal/wa"
)

// Item is a message of a file, ready to be added.
type Item struct {
	At        time.Time
	Direction wa.Direction
	Content   wa.Content
	File      string // that the export may hold
	minute    minute
	match     string // its words, or its kind of file
	nth       int    // of those equal to it in its minute, 1 the first
	nthFile   int    // of the files of its side in its minute
}

// placeholder is the type of a message whose file is not told, as in the history.
const placeholder = "media_placeholder"

// imported are the kinds that become messages; the others are counted.
func imported(k chatexport.Kind) bool {
	switch k {
	case chatexport.Text, chatexport.Image, chatexport.Video, chatexport.Audio, chatexport.Document, chatexport.Sticker,
		chatexport.Card, chatexport.Location, chatexport.Poll, chatexport.Media:
		return true
	case chatexport.ViewOnce, chatexport.Deleted, chatexport.Call, chatexport.System, chatexport.Empty, chatexport.NotUnderstood:
	}
	return false
}

// hasFile reports whether messages of a kind have a file that is kept.
func hasFile(k chatexport.Kind) bool {
	switch k {
	case chatexport.Image, chatexport.Video, chatexport.Audio, chatexport.Document, chatexport.Sticker:
		return true
	case chatexport.Text, chatexport.Card, chatexport.Location, chatexport.Poll, chatexport.Media, chatexport.ViewOnce, chatexport.Deleted,
		chatexport.Call, chatexport.System, chatexport.Empty, chatexport.NotUnderstood:
	}
	return false
}

// place finds the coordinates in the words of a location.
var place = regexp.MustCompile(`[?&]q=(-?[0-9.]+),(-?[0-9.]+)`)

// contentOf is an entry as the Cloud API would tell it, as far as the file knows.
func contentOf(m chatexport.Message) wa.Content {
	typ, body, text := string(m.Kind), map[string]any{}, m.Text
	switch m.Kind {
	case chatexport.Text, chatexport.Poll:
		typ, body["body"] = "text", m.Text
	case chatexport.Location:
		at := place.FindStringSubmatch(m.Text)
		if at == nil {
			typ, body["body"] = "text", m.Text
			break
		}
		body["latitude"], body["longitude"] = degrees(at[1]), degrees(at[2])
	case chatexport.Media:
		typ = placeholder
	case chatexport.Image, chatexport.Video, chatexport.Audio, chatexport.Document, chatexport.Sticker, chatexport.Card,
		chatexport.ViewOnce, chatexport.Deleted, chatexport.Call, chatexport.System, chatexport.Empty, chatexport.NotUnderstood:
		// Named as they are; a file or words are added below.
	}
	if typ != "text" && m.Kind != chatexport.Location {
		if m.File != "" {
			body["filename"] = m.File
		}
		if m.Text != "" {
			body["caption"] = m.Text
		}
	}
	// What is marshalled are strings and numbers, which cannot fail.
	raw, _ := json.Marshal(map[string]any{"type": typ, typ: body})
	return wa.Content{Type: typ, JSON: raw, Text: text}
}

func degrees(s string) float64 {
	f, _ := strconv.ParseFloat(s, 64) // what is no number is the zero of the map
	return f
}
