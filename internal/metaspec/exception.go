package metaspec

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wasl/metaemu"
)

// Exception is one complaint that is known and right: the document is wrong
// there, or older than what it is held to. There are no wildcards.
type Exception struct {
	Complaint
	Reason string `json:"reason"` // with the section of the protocol notes
}

//go:embed exceptions.json
var exceptionsJSON []byte

// Exceptions is the list that is checked in.
func Exceptions() ([]Exception, error) { return ParseExceptions(exceptionsJSON) }

// ParseExceptions reads a list of exceptions, which must not hold one twice, nor
// one without a reason.
func ParseExceptions(raw []byte) ([]Exception, error) {
	var list []Exception
	in := json.NewDecoder(bytes.NewReader(raw))
	in.DisallowUnknownFields()
	if err := in.Decode(&list); err != nil {
		return nil, fmt.Errorf("read exceptions: %w", err)
	}
	seen := map[Complaint]bool{}
	for _, ex := range list {
		switch {
		case ex.Reason == "":
			return nil, fmt.Errorf("read exceptions: no reason for %v", ex.Complaint)
		case seen[ex.Complaint]:
			return nil, fmt.Errorf("read exceptions: twice: %v", ex.Complaint)
		}
		seen[ex.Complaint] = true
	}
	return list, nil
}

// Ledger counts what was judged, and what for.
type Ledger struct {
	doc        *Document
	exceptions []Exception
	judged     map[string]int    // exchanges by endpoint
	used       map[Complaint]int // exceptions
	wrong      map[Complaint]int // complaints without one
	from       map[Complaint]string
}

// NewLedger makes an empty one.
func NewLedger(doc *Document, exceptions []Exception) *Ledger {
	return &Ledger{
		doc: doc, exceptions: exceptions, judged: map[string]int{},
		used: map[Complaint]int{}, wrong: map[Complaint]int{}, from: map[Complaint]string{},
	}
}

// Add judges one exchange, which from names.
func (l *Ledger) Add(from string, x metaemu.Exchange) error {
	name, list, err := l.doc.Judge(x)
	if err != nil {
		return fmt.Errorf("judge %s: %w", name, err)
	}
	l.judged[name]++
	for _, c := range list {
		if slices.ContainsFunc(l.exceptions, func(ex Exception) bool { return ex.Complaint == c }) {
			l.used[c]++
			continue
		}
		l.wrong[c]++
		l.from[c] = from
	}
	return nil
}

// ReadFolder judges the exchanges that a witness wrote to a folder.
func (l *Ledger) ReadFolder(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := l.readFile(file); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
	}
	return nil
}

func (l *Ledger) readFile(path string) error {
	f, err := os.Open(path) // #nosec G304 -- what the witness wrote
	if err != nil {
		return err
	}
	defer f.Close()
	from, _, _ := strings.Cut(filepath.Base(path), "-")
	in := bufio.NewReader(f)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil // A program that was killed may have left half a line.
		}
		if err != nil {
			return err
		}
		var x metaemu.Exchange
		if err := json.Unmarshal(line, &x); err != nil {
			return err
		}
		if err := l.Add(from, x); err != nil {
			return err
		}
	}
}

// Report writes what was judged by which exceptions, and answers how many
// complaints there are. If everything was run, an exception that nothing needed
// is one.
func (l *Ledger) Report(out io.Writer, everything bool) int {
	total := 0
	for _, name := range sortedKeys(l.judged) {
		by := 0
		for _, ex := range l.exceptions {
			if ex.Endpoint == name && l.used[ex.Complaint] > 0 {
				by++
			}
		}
		fmt.Fprintf(out, "%6d  %s", l.judged[name], name)
		if by > 0 {
			fmt.Fprintf(out, "  (%d exceptions)", by)
		}
		fmt.Fprintln(out)
		total += l.judged[name]
	}
	bad := 0
	for _, c := range sortedComplaints(l.wrong) {
		bad++
		fmt.Fprintf(out, "FAIL %v  (%d times, last in %s)\n", c, l.wrong[c], l.from[c])
	}
	for _, ex := range l.exceptions {
		if everything && l.used[ex.Complaint] == 0 {
			bad++
			fmt.Fprintf(out, "FAIL exception no longer needed: %v\n", ex.Complaint)
		}
	}
	if everything && total == 0 {
		bad++
		fmt.Fprintln(out, "FAIL nothing was judged")
	}
	fmt.Fprintf(out, "%d exchanges held to Meta's document: %d endpoints, %d of %d exceptions used, %d complaints\n",
		total, len(l.judged), len(l.used), len(l.exceptions), bad)
	return bad
}

func sortedComplaints(m map[Complaint]int) []Complaint {
	list := make([]Complaint, 0, len(m))
	for c := range m {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b Complaint) int { return strings.Compare(a.String(), b.String()) })
	return list
}
