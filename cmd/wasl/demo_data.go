package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"wasl/metaemu"
)

//go:embed demo/talks.json
var talksJSON []byte

//go:embed demo/names.json
var namesJSON []byte

// talk is a conversation that goes on by itself: each line is who says it ("c"
// the customer, "p" the owner on the phone), seconds after the line before, and
// the words.
type talk struct {
	Who   string  `json:"who"`
	Lines [][]any `json:"lines"`
}

// sample is what the demo's people are called and once said.
type sample struct {
	ArFirst []string    `json:"ar_first"`
	ArLast  []string    `json:"ar_last"`
	EnFirst []string    `json:"en_first"`
	EnLast  []string    `json:"en_last"`
	Past    [][2]string `json:"past"`
}

func loadSample() ([]talk, sample, error) {
	var talks []talk
	var s sample
	if err := json.Unmarshal(talksJSON, &talks); err != nil {
		return nil, s, fmt.Errorf("read talks: %w", err)
	}
	if err := json.Unmarshal(namesJSON, &s); err != nil {
		return nil, s, fmt.Errorf("read names: %w", err)
	}
	return talks, s, nil
}

// people are the demo's customers: those of the talks first, then others in two
// languages, each with a number of their own. Numbers that would ask the
// emulator for trouble are passed over.
func people(talks []talk, s sample, n int) []metaemu.CustomerSpec {
	out := make([]metaemu.CustomerSpec, 0, n)
	digits := 966_550_100_200
	for i := 0; len(out) < n; i++ {
		digits += 37
		d := fmt.Sprint(digits)
		if _, trouble := metaemu.Sentinel(d); trouble {
			continue
		}
		out = append(out, metaemu.CustomerSpec{Name: s.name(talks, len(out)), Digits: d, Country: "SA", ReadsAtOnce: len(out)%4 != 3})
	}
	return out
}

// name is what the j-th customer is called: two of three in Arabic, and nobody
// like another as long as the names last.
func (s sample) name(talks []talk, j int) string {
	if j < len(talks) {
		return talks[j].Who
	}
	k := j - len(talks)
	first, last, i := s.ArFirst, s.ArLast, k-k/3
	if k%3 == 2 {
		first, last, i = s.EnFirst, s.EnLast, k/3
	}
	return first[i%len(first)] + " " + last[(i/len(first)+i)%len(last)]
}

// past is what some of them said to the owner before the number was connected.
func past(s sample, customers []metaemu.CustomerSpec) ([]byte, error) {
	var threads []metaemu.PastThread
	for i, c := range customers {
		t := metaemu.PastThread{With: c.Digits}
		for k := range 2 + i%5 {
			line := s.Past[(i+k)%len(s.Past)]
			t.Messages = append(t.Messages, metaemu.PastMessage{
				FromMe: line[0] == "p", Text: line[1], Ago: (time.Duration(i*29+1)*time.Hour + time.Duration(10-k)*7*time.Minute).String(),
			})
		}
		threads = append(threads, t)
	}
	return json.Marshal(threads)
}

// script is a talk as the emulator plays it. It begins after start, and again a
// good while after it ended.
func (t talk) script(number, customer string, start time.Duration) metaemu.Script {
	s := metaemu.Script{Number: number, Customer: customer, Start: start, Again: 9 * time.Minute}
	for _, l := range t.Lines {
		who, _ := l[0].(string)
		after, _ := l[1].(float64)
		words, _ := l[2].(string)
		s.Lines = append(s.Lines, metaemu.Line{Phone: who == "p", After: time.Duration(after * float64(time.Second)), Content: metaemu.Content{Text: words}})
	}
	return s
}
