package chatimport

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/internal/chatexport"
)

// look examines a chat in which the people of a list speak in turn.
func look(t *testing.T, people, name string, n Number, a Answers) *draft {
	t.Helper()
	var text strings.Builder
	for k, p := range strings.Split(people, ",") {
		fmt.Fprintf(&text, "13/04/2024, 10:%02d - %s: words\n", k, p)
	}
	d, err := examine(exported(t, text.String(), name), n, a, noon)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func exported(t *testing.T, text, name string) *chatexport.File {
	t.Helper()
	f, err := chatexport.Open(strings.NewReader(text), int64(len(text)), name, chatexport.Usual)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestSides: who is the business and who the customer, and when that is a question.
func TestSides(t *testing.T) {
	shop := Number{Name: "Palm Bakery", Digits: "966501112222", Zone: "Asia/Riyadh"}
	for _, tt := range []struct {
		name, people, file string
		answers            Answers
		me, them, contact  string
		ask                string
	}{
		{"the business is called as its number", "Huda,Palm Bakery", "_chat.txt", Answers{}, "Palm Bakery", "Huda", "", "contact"},
		{"whatever the case", "Huda,PALM bakery", "_chat.txt", Answers{}, "PALM bakery", "Huda", "", "contact"},
		{"the business is dialled as its number", "Huda,+966 50 111 2222", "_chat.txt", Answers{}, "+966 50 111 2222", "Huda", "", "contact"},
		{"the file is named for the customer", "Huda,The shop", "WhatsApp Chat with Huda.txt", Answers{}, "The shop", "Huda", "", "contact"},
		{"a zip of an iPhone too", "Huda,The shop", "WhatsApp Chat - Huda.zip", Answers{}, "The shop", "Huda", "", "contact"},
		{"the customer is a number", "+966 50 222 3333,Palm Bakery", "_chat.txt", Answers{}, "Palm Bakery", "+966 50 222 3333", "966502223333", ""},
		{"nothing tells the two apart", "Huda,Sami", "_chat.txt", Answers{}, "", "", "", "me them contact"},
		{"an answer does", "Huda,Sami", "_chat.txt", Answers{Me: "sami", Contact: "+966502223333"}, "Sami", "Huda", "966502223333", ""},
		{"only the customer spoke", "Huda", "WhatsApp Chat with Huda.txt", Answers{Contact: "966502223333"}, "", "Huda", "966502223333", ""},
		{"only one spoke, and who is it", "Huda", "_chat.txt", Answers{Contact: "966502223333"}, "", "", "966502223333", "me"},
		{"three people", "Huda,Sami,Palm Bakery", "_chat.txt", Answers{Contact: "966502223333"}, "Palm Bakery", "", "966502223333", "them"},
		{"the business is not its own customer", "Huda,Palm Bakery", "_chat.txt", Answers{Contact: "966501112222"}, "Palm Bakery", "Huda", "", "contact"},
		{"nor both sides", "Huda,Palm Bakery", "_chat.txt", Answers{Me: "Huda", Them: "Huda", Contact: "966502223333"}, "", "Huda", "966502223333", "me"},
		{"a name that is not in the file", "Huda,Palm Bakery", "_chat.txt", Answers{Me: "Nobody", Contact: "966502223333"}, "Palm Bakery", "Huda", "966502223333", ""},
		{"a business that never said where it is", "Huda,Palm Bakery", "_chat.txt", Answers{Contact: "966502223333", Zone: "-"}, "Palm Bakery", "Huda", "966502223333", "zone"},
		{"and says that it is there", "Huda,Palm Bakery", "_chat.txt", Answers{Contact: "966502223333", Zone: "UTC"}, "Palm Bakery", "Huda", "966502223333", ""},
		{"a zone that does not exist", "Huda,Palm Bakery", "_chat.txt", Answers{Contact: "966502223333", Zone: "Mars/Olympus"}, "Palm Bakery", "Huda", "966502223333", "zone"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := shop
			if tt.answers.Zone == "-" {
				tt.answers.Zone, n.Zone = "", "UTC"
			}
			d := look(t, tt.people, tt.file, n, tt.answers)
			var ask []string
			for _, q := range d.Questions {
				ask = append(ask, string(q))
			}
			slices.Sort(ask)
			want := strings.Fields(tt.ask)
			slices.Sort(want)
			if d.Me != tt.me || d.Them != tt.them || d.Contact != tt.contact || !slices.Equal(ask, want) {
				t.Errorf("me %q them %q contact %q asks %v; want %q %q %q %v", d.Me, d.Them, d.Contact, ask, tt.me, tt.them, tt.contact, want)
			}
		})
	}
}

// TestItems: what becomes a message, when, and in which direction.
func TestItems(t *testing.T) {
	text := `13/04/2024, 23:30 - Huda: one
13/04/2024, 23:30 - Palm Bakery: two
13/04/2024, 23:30 - Huda: This message was deleted
26/04/2024, 00:30 - Huda: location: https://maps.google.com/?q=24.5,46.25
26/04/2024, 00:31 - Somebody: else
26/04/2024, 00:32 - Palm Bakery: IMG-1.jpg (file attached)
a cake
31/10/2024, 00:32 - Palm Bakery: winter
`
	d, err := examine(exported(t, text, "WhatsApp Chat with Huda.txt"), Number{Name: "Palm Bakery", Zone: "Africa/Cairo"}, Answers{Contact: "966502223333"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	err = d.items(func(it Item) error {
		got = append(got, fmt.Sprintf("%s %s %s", it.At.Format("2006-01-02T15:04:05.000000Z07:00"), it.Direction, it.Content.JSON))
		return nil
	})
	want := []string{
		`2024-04-13T21:30:00.000000Z in {"text":{"body":"one"},"type":"text"}`,
		`2024-04-13T21:30:00.000001Z out {"text":{"body":"two"},"type":"text"}`,
		`2024-04-25T22:30:00.000000Z in {"location":{"latitude":24.5,"longitude":46.25},"type":"location"}`,
		`2024-04-25T22:32:00.000000Z out {"image":{"caption":"a cake","filename":"IMG-1.jpg"},"type":"image"}`,
		`2024-10-30T21:32:00.000000Z out {"text":{"body":"winter"},"type":"text"}`,
	}
	// Egypt went to summer time on 26 April 2024 at midnight: half past did not exist,
	// and is read an hour on, as clocks were.
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s\n%v", strings.Join(got, "\n"), strings.Join(want, "\n"), err)
	}
	if d.Counts[chatexport.Deleted] != 1 || !d.First.Equal(time.Date(2024, 4, 13, 21, 30, 0, 0, time.UTC)) {
		t.Errorf("counts %v, first %s", d.Counts, d.First)
	}
}
