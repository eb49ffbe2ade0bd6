package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wasl/internal/chatexport"
	"wasl/internal/chatimport"
	"wasl/internal/fault"
	"wasl/internal/store"
	"wasl/internal/wa"
)

type importChatCommand struct {
	Settings
	Dated
	File      string `arg:"" optional:"" help:"The .txt or .zip that WhatsApp's Export chat made." type:"existingfile"`
	Number    string `required:"" help:"The number whose chat it is: Meta's id of it, or with --business its digits or our id."`
	Business  string `help:"Name of the business, if the number is not given by Meta's id."`
	Contact   string `help:"The customer's number with its country code. Needed unless the file names the customer by it."`
	Me        string `help:"The business's name in the file, if it is not the number's."`
	Them      string `help:"The customer's name in the file, if more than two people speak."`
	TZ        string `name:"tz" help:"Time zone of the phone, such as Africa/Cairo. Default: the business's."`
	DateOrder string `help:"How the file writes dates, if it does not tell: dmy, mdy, ymd or ydm." enum:",dmy,mdy,ymd,ydm" default:""`
	Preview   bool   `help:"Only say what would be done."`
	Undo      string `help:"Take an import of the last 24 hours back: its id instead of a file." placeholder:"IMPORT"`
	JSON      bool   `help:"Print JSON."`
}

// Validate refuses what makes no sense together, as wrong usage.
func (c *importChatCommand) Validate() error {
	switch {
	case (c.File == "") == (c.Undo == ""):
		return errors.New("give a file to import, or --undo with the id of an import")
	case c.Contact != "" && len(wa.Digits(c.Contact)) < 7:
		return fmt.Errorf("--contact: %q is no phone number: write it with its country code", c.Contact)
	}
	if c.TZ != "" {
		if _, err := time.LoadLocation(c.TZ); err != nil || c.TZ == "Local" {
			return fmt.Errorf("--tz: %q is no time zone; write it as Africa/Cairo", c.TZ)
		}
	}
	return nil
}

// importAnswer is what --json prints.
type importAnswer struct {
	ID       string             `json:"id,omitempty"`
	State    string             `json:"state"`
	Added    int                `json:"added"`
	Known    int                `json:"known"`
	Removed  int                `json:"removed"`
	Kept     int                `json:"kept"`
	Files    int                `json:"files"`
	Preview  chatimport.Preview `json:"preview"`
	sentence string
}

// Run imports a chat, or takes one back.
func (c *importChatCommand) Run(ctx runContext) error {
	facts, err := c.book()
	if err != nil {
		return err
	}
	c.facts = &facts
	db, _, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	b, n, err := c.place(ctx, db)
	if err != nil {
		return err
	}
	vault, err := c.vault(ctx)
	if err != nil {
		return err
	}
	i := &chatimport.Importer{Store: db, Vault: vault, Facts: facts, Log: c.logger(ctx.stderr)}
	var out importAnswer
	if c.Undo != "" {
		out, err = c.undo(ctx, i, b)
	} else {
		out, err = c.bring(ctx, i, b, n)
	}
	if err != nil {
		return err
	}
	return say(ctx.stdout, c.JSON, out, out.sentence)
}

// place finds the Number and whose it is.
func (c *importChatCommand) place(ctx context.Context, db *store.DB) (wa.BusinessID, wa.NumberID, error) {
	if c.Business == "" {
		b, n, ok, err := db.FindNumber(ctx, wa.PhoneNumberID(c.Number))
		if err != nil {
			return "", "", err
		}
		if !ok {
			return "", "", fmt.Errorf("no number has Meta's id %s; give that id, or --business and the number's digits", c.Number)
		}
		return b, n, nil
	}
	b, err := business(ctx, db, c.Business, false)
	if err != nil {
		return "", "", err
	}
	numbers, err := db.Numbers(ctx, b)
	if err != nil {
		return "", "", err
	}
	for _, n := range numbers {
		if string(n.ID) == c.Number || string(n.PhoneNumberID) == c.Number || n.Digits == wa.Digits(c.Number) {
			return b, n.ID, nil
		}
	}
	return "", "", fmt.Errorf("%s has no number %s", c.Business, c.Number)
}

// bring previews a file and, unless asked not to, imports it.
func (c *importChatCommand) bring(ctx context.Context, i *chatimport.Importer, b wa.BusinessID, n wa.NumberID) (importAnswer, error) {
	f, err := os.Open(c.File)
	if err != nil {
		return importAnswer{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return importAnswer{}, err
	}
	src := chatimport.Source{
		Business: b, Number: n, Name: filepath.Base(c.File), By: "command line", Content: f, Size: info.Size(),
		Answers: chatimport.Answers{Contact: c.Contact, Me: c.Me, Them: c.Them, Order: chatexport.Order(c.DateOrder), Zone: c.TZ},
	}
	p, err := i.Look(ctx, src)
	if err != nil {
		return importAnswer{}, err
	}
	if c.Preview {
		return importAnswer{State: "preview", Preview: p, sentence: previewText(filepath.Base(c.File), p)}, nil
	}
	if len(p.Questions) > 0 {
		return importAnswer{}, fault.Of(fault.CodeExportQuestionOpen).Saying("%s", questionText(p)).Fixed("Give the answers as flags, or look first with --preview.")
	}
	im, err := i.Upload(ctx, src)
	if err == nil {
		im, err = i.Confirm(ctx, b, im.ID, chatimport.Answers{})
	}
	if err == nil {
		im, err = i.Finish(ctx, b, im.ID)
	}
	out := importAnswerOf(im)
	files := ""
	if im.Files > 0 {
		files = fmt.Sprintf(" %d of those added have their file.", im.Files)
	}
	out.sentence = fmt.Sprintf("%s\n%d messages added, %d were there already.%s\nTo take it back within 24 hours: wasl import-chat --number %s --undo %s",
		previewText(filepath.Base(c.File), p), im.Added, im.Known, files, c.Number, im.ID)
	return out, err
}

func (c *importChatCommand) undo(ctx context.Context, i *chatimport.Importer, b wa.BusinessID) (importAnswer, error) {
	im, err := i.Undo(ctx, b, c.Undo)
	if err == nil {
		im, err = i.Finish(ctx, b, im.ID)
	}
	out := importAnswerOf(im)
	out.sentence = fmt.Sprintf("%d messages removed.", im.Removed)
	if im.Kept > 0 {
		out.sentence += fmt.Sprintf(" %d stay: something has become of them since.", im.Kept)
	}
	return out, err
}

func importAnswerOf(im chatimport.Import) importAnswer {
	return importAnswer{ID: im.ID, State: string(im.State), Added: im.Added, Known: im.Known, Removed: im.Removed, Kept: im.Kept, Files: im.Files, Preview: im.Preview}
}

// previewText is a preview in words.
func previewText(name string, p chatimport.Preview) string {
	var b strings.Builder
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		zone = time.UTC
	}
	const form = "2006-01-02 15:04"
	fmt.Fprintf(&b, "%s: %d messages, %s to %s (read as times of %s)\n", name, p.Messages, p.First.In(zone).Format(form), p.Last.In(zone).Format(form), zone)
	if p.Layout.Order != "" {
		fmt.Fprintf(&b, "Dates:  %s\n", p.Layout.Order)
	}
	for _, who := range p.People {
		role := ""
		switch who.Name {
		case p.Me:
			role = ", the business"
		case p.Them:
			role = ", the customer"
		}
		fmt.Fprintf(&b, "Person: %s, %d messages%s\n", who.Name, who.Messages, role)
	}
	for _, k := range slices.Sorted(maps.Keys(p.Counts)) {
		fmt.Fprintf(&b, "  %-14s %d\n", k, p.Counts[k])
	}
	if p.FilesNamed > 0 {
		fmt.Fprintf(&b, "Files:  %d named, %d of them in the zip\n", p.FilesNamed, p.FilesFound)
	}
	if p.NotUnderstood > 0 {
		fmt.Fprintf(&b, "Not understood, first on lines %v\n", p.Lines)
	}
	if p.Known != nil {
		fmt.Fprintf(&b, "There already: %d\n", *p.Known)
	}
	if len(p.Questions) > 0 {
		fmt.Fprintf(&b, "%s\n", questionText(p))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// questionText says what must be answered, and by which flag.
func questionText(p chatimport.Preview) string {
	parts := []string{}
	for _, q := range p.Questions {
		switch q {
		case chatimport.AskOrder:
			var ways []string
			for _, r := range p.Readings {
				ways = append(ways, fmt.Sprintf("%s (%s to %s)", r.Order, r.First, r.Last))
			}
			parts = append(parts, "the dates can be read as "+strings.Join(ways, " or ")+": --date-order")
		case chatimport.AskMe:
			parts = append(parts, "which of the people is the business: --me")
		case chatimport.AskThem:
			parts = append(parts, "which of the people is the customer: --them")
		case chatimport.AskContact:
			parts = append(parts, "the customer's number: --contact")
		case chatimport.AskZone:
			parts = append(parts, "the phone's time zone: --tz")
		}
	}
	return "To be answered: " + strings.Join(parts, "; ") + "."
}
