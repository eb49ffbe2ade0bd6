// Command gensurface writes docs/emulator-surface.md: what the emulator of
// Meta's side can be asked, what a send may say, and what it tells. Run it from
// the root of the repository: go run ./tools/gensurface
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"

	"wasl/metaemu"
	"wasl/metaemu/body"
	"wasl/metaemu/media"
)

const page = "docs/emulator-surface.md"

func main() {
	log.SetFlags(0)
	log.SetPrefix("gensurface: ")
	if err := os.WriteFile(page, render(), 0o644); err != nil { // #nosec G306 -- a page of the repository
		log.Fatal(err)
	}
}

func render() []byte {
	var p bytes.Buffer
	p.WriteString(`# What the emulator can be asked

Written by ` + "`make generate`" + ` from the tables that the emulator itself answers by; do not edit. Sections (§) are those of the protocol notes, which name
Meta's pages and the dates they were read. How to start it and try it: [emulator.md](emulator.md). Where it had to choose:
[divergences.md](divergences.md).

`)
	endpoints(&p)
	limits(&p)
	files(&p)
	webhooks(&p)
	errors(&p)
	return p.Bytes()
}

func endpoints(p *bytes.Buffer) {
	p.WriteString(`## Endpoints

Below ` + "`/v21.0` to `/v26.0`" + `; without a version the oldest one answers. Every call may also be refused with 190 (no token, or a bad one), 200 (a token that
does not reach the object), 100 (an unknown object, a missing or wrong ` + "`appsecret_proof`" + `) and 2635 (a version that is gone).

| call | fields or parameters | errors of its own | source |
|---|---|---|---|
`)
	var without []metaemu.Endpoint
	for _, e := range metaemu.Surface() {
		if e.Missing != "" {
			without = append(without, e)
			continue
		}
		codes := make([]string, len(e.Codes))
		for i, c := range e.Codes {
			codes[i] = strconv.Itoa(c)
		}
		told := strings.Join(codes, ", ")
		if e.Refused != "" {
			told += "; on a Coexistence number: “" + e.Refused + "”"
		}
		row(p, "`"+e.Method+" "+e.Path+"`", ticked(e.Fields), strings.TrimPrefix(told, "; "), e.Source)
	}
	if len(without) == 0 {
		return
	}
	p.WriteString(`
### Not emulated

Meta answers these, the emulator does not: code 100 with subcode 33, as of an object that is not there; where there is one, the sentence says that
the call is not emulated.

| call | why | source |
|---|---|---|
`)
	for _, e := range without {
		row(p, "`"+e.Method+" "+e.Path+"`", e.Missing, e.Source)
	}
}

func limits(p *bytes.Buffer) {
	p.WriteString(`
## Messages

Types: ` + ticked(body.Types()) + `. Kinds of ` + "`interactive`" + `: ` + ticked(body.Interactives()) + `.

| member | at least | at most | unit | read | source |
|---|---|---|---|---|---|
`)
	for _, l := range body.Limits() {
		row(p, "`"+l.Of+"`", strconv.Itoa(l.Min), strconv.Itoa(l.Max), l.Unit, l.Read, l.Source)
	}
}

func files(p *bytes.Buffer) {
	p.WriteString(`
## Media

A file must also be what its type says: its first bytes, the colours of a PNG, the codec and the channels of OGG, the codec of a film. A voice note is OGG.

| type of message | types of file | at most (bytes) | read | source |
|---|---|---|---|---|
`)
	for _, l := range media.Limits() {
		row(p, strings.TrimSpace(l.Only+" "+l.Kind), ticked(l.MIME), strconv.FormatInt(l.Max, 10), l.Read, l.Source)
	}
}

func webhooks(p *bytes.Buffer) {
	p.WriteString(`
## Webhooks

| field | holds | when | source |
|---|---|---|---|
`)
	for _, w := range metaemu.Webhooks() {
		row(p, "`"+w.Field+"`", w.Holds, w.When, w.Source)
	}
}

func errors(p *bytes.Buffer) {
	p.WriteString(`
## Errors

Meta's table as far as the emulator uses it. “Later” comes as a status ` + "`failed`" + ` rather than in the answer. The last six digits of a recipient ask for
a code of 100 and more: see [emulator.md](emulator.md#sentinels).

| code | HTTP | title | |
|---|---|---|---|
`)
	for _, c := range metaemu.ErrorCodes() {
		row(p, strconv.Itoa(c.Code), strconv.Itoa(c.HTTP), c.Title, map[bool]string{true: "later"}[c.Later])
	}
}

func ticked(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return "`" + strings.Join(words, "` `") + "`"
}

func row(p *bytes.Buffer, cells ...string) {
	fmt.Fprintf(p, "| %s |\n", strings.Join(cells, " | "))
}
