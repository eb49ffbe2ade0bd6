package media

import (
	"fmt"
	"strings"
)

// Fault is why a file is not taken: a code of Meta's table, and a sentence.
type Fault struct {
	Code     int
	Sentence string
}

func (f *Fault) Error() string { return fmt.Sprintf("%d: %s", f.Code, f.Sentence) }

func refused(format string, args ...any) *Fault {
	return &Fault{131053, fmt.Sprintf(format, args...)}
}

// Check finds the first thing wrong with a file that is uploaded under a type. An
// unsupported type is code 100 in the words that are widely seen, the rest 131053.
func Check(typ string, content []byte) *Fault {
	kind := KindOf(typ)
	if kind == "" {
		return &Fault{100, "Param file must be a file with one of the following types: " + strings.Join(Allowed(""), ", ") + "."}
	}
	if len(content) == 0 {
		return refused("The file is empty.")
	}
	if why := differs(Bare(typ), content); why != "" {
		return refused("The file is not of type %s: %s", Bare(typ), why)
	}
	return Size(kind, Animated(content), int64(len(content)))
}

// Size finds a file too large for its kind.
func Size(kind string, animated bool, size int64) *Fault {
	if most := MaxOf(kind, animated); size > most {
		what := kind
		if kind == "sticker" {
			what = map[bool]string{true: "animated sticker", false: "static sticker"}[animated]
		}
		return refused("The file has %d bytes; the limit for %s is %d.", size, what, most)
	}
	return nil
}

// Fits finds a type of file that a type of message does not carry.
func Fits(kind, typ string) *Fault {
	if KindOf(typ) == kind {
		return nil
	}
	return refused("A message of type %s takes a file of type %s, not %s.", kind, strings.Join(Allowed(kind), ", "), Bare(typ))
}

// Voice finds a file that cannot be a voice note.
func Voice(typ string) *Fault {
	if Bare(typ) == "audio/ogg" {
		return nil
	}
	return refused("A voice note is a file of type audio/ogg in the OPUS codec, not %s.", Bare(typ))
}
