package desk

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold returns s as it is compared in a search: one spelling for all the ways
// people write the same name. It is applied when a name is written down and when
// one is looked for, and nowhere else; what is shown is never folded.
//
//   - letters are decomposed (NFKD), their marks (vowel signs, accents, the
//     hamza on a carrier) and the hamza itself dropped, and lower-cased
//   - alef أ إ آ ٱ is ا, yeh ى ی ئ is ي, waw ؤ is و, teh marbuta ة and the
//     hehs ہ ھ ە are ه, kaf ک is ك
//   - digits of every script are 0-9
//   - tatweel and invisible signs (direction marks, joiners) are dropped
//   - other signs that separate words (spaces, dashes) are one space
//
// Fold is idempotent: Fold(Fold(s)) == Fold(s).
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	pending := false // a space is due before the next letter
	for _, r := range norm.NFKD.String(s) {
		r, keep := foldRune(r)
		if !keep {
			continue
		}
		if r == ' ' {
			pending = b.Len() > 0
			continue
		}
		if pending {
			b.WriteByte(' ')
			pending = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// foldRune returns one folded rune, or false if it is dropped.
func foldRune(r rune) (rune, bool) {
	if to, ok := spellings[r]; ok {
		return to, true
	}
	switch {
	case r == hamza || r == tatweel || unicode.Is(unicode.M, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Lm, r) && r > unicode.MaxLatin1:
		return 0, false
	case unicode.Is(unicode.Nd, r):
		return digit(r), true
	case unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || unicode.IsControl(r):
		return ' ', true
	}
	// Some capitals lower to a letter with a mark; the mark goes too.
	if lower := unicode.ToLower(r); lower != r {
		for _, first := range norm.NFKD.String(string(lower)) {
			return first, true
		}
	}
	return r, true
}

const (
	hamza   = 'ء'
	tatweel = 'ـ'
)

// spellings are the letters of which people and keyboards choose one or another.
var spellings = map[rune]rune{
	'ٱ': 'ا',
	'ى': 'ي', 'ی': 'ي', 'ې': 'ي', 'ے': 'ي',
	'ة': 'ه', 'ہ': 'ه', 'ھ': 'ه', 'ە': 'ه', 'ۃ': 'ه',
	'ک': 'ك', 'ڪ': 'ك',
	'ß': 's', 'ł': 'l', 'Ł': 'l', 'ø': 'o', 'Ø': 'o', 'ı': 'i', 'đ': 'd', 'Đ': 'd',
}

// digit returns the ASCII digit of a decimal digit of any script: Unicode
// lays them out in runs of ten that begin at zero.
func digit(r rune) rune {
	zero := r
	for zero > 0 && unicode.Is(unicode.Nd, zero-1) && r-zero < 9 {
		zero--
	}
	if d := r - zero; zero == '0' || !unicode.Is(unicode.Nd, zero-1) {
		return '0' + d
	}
	// Several runs lie side by side (mathematical digits); NFKD has
	// turned those into ASCII before they come here.
	return r
}

// FoldAll returns what is written down of a contact's names and numbers for
// search, one a line. A name of several words is also written as one, since the same
// name may be one word or two: "عبد الله" is found as "عبدالله".
func FoldAll(parts ...string) string {
	var lines []string
	seen := map[string]bool{"": true}
	add := func(s string) {
		if !seen[s] {
			seen[s] = true
			lines = append(lines, s)
		}
	}
	for _, p := range parts {
		f := Fold(p)
		add(f)
		add(strings.ReplaceAll(f, " ", ""))
	}
	return strings.Join(lines, "\n")
}

// Words returns the parts of a search question, folded; a contact is found if
// each of them stands somewhere in what [FoldAll] wrote. A question that is a
// phone number is one part, without the signs and zeros that lead it, so that a
// number is found as it is dialled at home, too. At most six parts are looked at.
func Words(question string) []string {
	f := Fold(question)
	if d := dialled(f); d != "" {
		return []string{d}
	}
	words := strings.Fields(f)
	if len(words) > 6 {
		words = words[:6]
	}
	for i, w := range words {
		words[i] = strings.TrimPrefix(w, "@")
	}
	return words
}

// dialled returns the digits of a question that is a phone number, or "".
func dialled(f string) string {
	var b strings.Builder
	for _, r := range f {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune(" +()./", r):
		default:
			return ""
		}
	}
	d := b.String()
	if t := strings.TrimLeft(d, "0"); len(t) >= 3 {
		return t
	}
	return d
}
