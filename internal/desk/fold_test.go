package desk_test

import (
	"strings"
	"testing"

	"wasl/internal/desk"
)

func TestFold(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"alef with hamza above", "أحمد", "احمد"},
		{"alef with hamza below", "إبراهيم", "ابراهيم"},
		{"alef with madda", "آمنة", "امنه"},
		{"alef wasla", "ٱلله", "الله"},
		{"final yeh of Egypt", "على", "علي"},
		{"Persian yeh and kaf", "علی کریم", "علي كريم"},
		{"yeh with hamza", "عائشة", "عايشه"},
		{"waw with hamza", "مؤمن", "مومن"},
		{"hamza at the end", "علاء", "علا"},
		{"vowel signs", "مُحَمَّد", "محمد"},
		{"tatweel", "محـــمد", "محمد"},
		{"presentation forms", "ﻣﺤﻤﺪ", "محمد"},
		{"lam-alef ligature", "ﻻ", "لا"},
		{"direction marks", "‏محمد‎", "محمد"},
		{"Arabic digits", "٠٥٠١١١٢٢٢٢", "0501112222"},
		{"Persian digits", "۰۵۰۱۱۱۲۲۲۲", "0501112222"},
		{"Devanagari digits", "०१२३४५६७८९", "0123456789"},
		{"full-width digits", "０１２９", "0129"},
		{"accents", "José Ünal", "jose unal"},
		{"Turkish capital I", "İpek Işık", "ipek isik"},
		{"spaces and dashes", "  Abu   Bakr-Ali ", "abu bakr ali"},
		{"nothing", " \t", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := desk.Fold(tt.in); got != tt.want {
				t.Errorf("Fold(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func FuzzFoldTwice(f *testing.F) {
	for _, s := range []string{"أحمد", "İ", "ﷺ", "①②", "ǅ", "\u0345Ά", "a\u200db", "ﬀ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := desk.Fold(s)
		if twice := desk.Fold(once); twice != once {
			t.Errorf("Fold(Fold(%q)) = %q, want %q", s, twice, once)
		}
	})
}

func TestFound(t *testing.T) {
	written := desk.FoldAll("عبد الله الأحمدي", "", "sara_k", "966501112222")
	tests := []struct {
		question string
		want     bool
	}{
		{"عبدالله", true},
		{"عبد الله", true},
		{"الاحمدي", true},
		{"الأحمدى عبد", true},
		{"@Sara_K", true},
		{"050 111 2222", true},
		{"+966 50 111", true},
		{"٠٥٠١١١٢٢٢٢", true},
		{"00966501112222", true},
		{"عمر", false},
		{"الأحمدي عمر", false},
		{"0501112223", false},
	}
	for _, tt := range tests {
		t.Run(tt.question, func(t *testing.T) {
			got := true
			for _, w := range desk.Words(tt.question) {
				got = got && strings.Contains(written, w)
			}
			if got != tt.want {
				t.Errorf("Words(%q) = %q, found %v in %q, want %v", tt.question, desk.Words(tt.question), got, written, tt.want)
			}
		})
	}
}
