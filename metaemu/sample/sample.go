// Package sample makes small files of the kinds that WhatsApp carries, at run
// time and from the descriptions of their formats: nothing here was copied from
// anywhere. They are valid, so that whoever downloads one can decode it.
package sample

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strconv"
	"strings"
	"sync"
)

// File is one sample.
type File struct {
	// Name is what it is asked for by, Type the type of message it belongs to.
	Name, Type string
	// MIME is the type a webhook tells, Filename what a person would call it.
	MIME, Filename string
	// Origin says how it was made.
	Origin string

	make func() []byte
}

// Bytes is the content, the same each time.
func (f File) Bytes() []byte { return f.make() }

var files = []File{
	{Name: "photo", Type: "image", MIME: "image/jpeg", Filename: "photo.jpg", Origin: "drawn and encoded by image/jpeg of the Go library", make: sync.OnceValue(photo)},
	{Name: "picture", Type: "image", MIME: "image/png", Filename: "picture.png", Origin: "drawn and encoded by image/png of the Go library", make: sync.OnceValue(picture)},
	{Name: "film", Type: "video", MIME: "video/mp4", Filename: "film.mp4", Origin: "one second of H.264 without compression in an MP4 file, written bit by bit", make: sync.OnceValue(film)},
	{Name: "voice note", Type: "audio", MIME: "audio/ogg; codecs=opus", Filename: "voice.ogg", Origin: "two seconds of Opus frames of silence in Ogg pages", make: sync.OnceValue(voiceNote)},
	{Name: "paper", Type: "document", MIME: "application/pdf", Filename: "document.pdf", Origin: "one page of PDF 1.4 with a line of text", make: sync.OnceValue(paper)},
	{Name: "sticker", Type: "sticker", MIME: "image/webp", Filename: "sticker.webp", Origin: "a disc in lossless WebP, written bit by bit", make: sync.OnceValue(sticker)},
}

// Files are all samples; the first of a type is the usual one.
func Files() []File { return append([]File(nil), files...) }

// Find is the sample of that name, or the first of that type.
func Find(name string) (File, bool) {
	for _, byName := range []bool{true, false} {
		for _, f := range files {
			if byName && f.Name == name || !byName && f.Type == name {
				return f, true
			}
		}
	}
	return File{}, false
}

// Colours of the drawings: a field under a sun.
var (
	sky   = color.RGBA{0x8e, 0xc5, 0xe8, 0xff}
	field = color.RGBA{0x5b, 0x9a, 0x4f, 0xff}
	sun   = color.RGBA{0xf6, 0xc4, 0x45, 0xff}
)

// landscape is the colour at a place of a drawing.
func landscape(x, y, width, height int) color.RGBA {
	dx, dy, r := x-width*2/3, y-height/3, height/6
	switch {
	case dx*dx+dy*dy < r*r:
		return sun
	case y > height*2/3-x*height/(6*width):
		return field
	}
	return sky
}

func drawing(width, height int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.SetRGBA(x, y, landscape(x, y, width, height))
		}
	}
	return img
}

func photo() []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawing(320, 240), &jpeg.Options{Quality: 80}); err != nil {
		panic(err) // A buffer takes everything.
	}
	return b.Bytes()
}

func picture() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, drawing(240, 240)); err != nil {
		panic(err) // A buffer takes everything.
	}
	return b.Bytes()
}

// paper is a PDF of one page: objects, a table of where they begin, a trailer.
func paper() []byte {
	const text = "BT /F1 24 Tf 72 720 Td (A sample document) Tj ET"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		"<< /Length " + strconv.Itoa(len(text)) + " >>\nstream\n" + text + "\nendstream",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	var b, table strings.Builder
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	table.WriteString("0000000000 65535 f \n")
	for i, o := range objects {
		at := strconv.Itoa(b.Len())
		table.WriteString(strings.Repeat("0", 10-len(at)) + at + " 00000 n \n")
		b.WriteString(strconv.Itoa(i+1) + " 0 obj\n" + o + "\nendobj\n")
	}
	start, size := strconv.Itoa(b.Len()), strconv.Itoa(len(objects)+1)
	b.WriteString("xref\n0 " + size + "\n" + table.String())
	b.WriteString("trailer\n<< /Size " + size + " /Root 1 0 R >>\nstartxref\n" + start + "\n%%EOF\n")
	return []byte(b.String())
}
