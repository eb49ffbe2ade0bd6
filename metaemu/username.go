package metaemu

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// username is the name under which customers find a business.
type username struct{ name, status string }

func usernameEdges() []edge {
	const source = "cloud-api-protocol §7.8"
	codes := []int{10, 33, 100, 133010, usernameTaken, usernameForm}
	return []edge{
		{on: "number", method: "GET", name: "username", fields: "username status", source: source, do: ofNumber((*Emulator).getUsername)},
		{on: "number", method: "POST", name: "username", fields: "username", codes: codes, source: source, do: ofNumber((*Emulator).setUsername)},
		{on: "number", method: "DELETE", name: "username", codes: []int{100}, source: source, do: ofNumber((*Emulator).dropUsername)},
		{on: "number", method: "GET", name: "username_suggestions", fields: "username_suggestions", source: source, do: ofNumber((*Emulator).suggestUsernames)},
	}
}

func (e *Emulator) getUsername(_ *call, n *number) answer {
	u := e.setupOf(n).username
	var o wire.Object
	return answer{http: http.StatusOK, body: o.Opt("username", u.name).Opt("status", u.status).Bytes()}
}

// The codes of usernames are 147001 to 147005 (§7.8); what each of them means is
// not in the notes. These two are the emulator's reading.
const (
	usernameTaken = 147001
	usernameForm  = 147002
)

// usernameLength is how long a username is (§7.8, 2026).
var usernameLength = extent{3, 35}

var (
	usernameLetters = regexp.MustCompile(`^[a-z0-9._]+$`)
	usernameLetter  = regexp.MustCompile(`[a-z]`)
	// domainLike is a dot and an ending that addresses of the web have.
	domainLike = regexp.MustCompile(`\.(com|net|org|info|biz|edu|gov|io|co|me|app|shop|store|online|site|dev|ai|xyz|html?)$`)
)

// unfit is why a text cannot be a username (§7.8), or empty.
func unfit(name string) string {
	switch {
	case !usernameLength.holds(name):
		return fmt.Sprintf("it must have between %d and %d characters", usernameLength.least, usernameLength.most)
	case !usernameLetters.MatchString(name):
		return "it may hold a to z, 0 to 9, dots and underscores only"
	case !usernameLetter.MatchString(name):
		return "it must hold at least one letter"
	case strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.Contains(name, ".."):
		return "it cannot begin or end with a dot or hold two in a row"
	case strings.HasPrefix(name, "www"):
		return "it cannot begin with www"
	case domainLike.MatchString(name):
		return "it cannot end like an address of the web"
	}
	return ""
}

// holderOf is the number that has a username, or nil.
func (e *Emulator) holderOf(name string) *number {
	for _, id := range e.order {
		if s := e.account.numbers[id]; s != nil && s.username.name == name {
			return e.numbers[id]
		}
	}
	return nil
}

// setUsername takes a username for a number, which gives its former one back.
func (e *Emulator) setUsername(c *call, n *number) answer {
	name := strings.TrimPrefix(c.query("username"), "@")
	if name == "" {
		return e.refuse(badParameter("The parameter username is required."))
	}
	if n.Stage != StageLive {
		return e.refuse(fail(133010, "Register the phone number before you choose a username."))
	}
	if why := unfit(name); why != "" {
		return e.refuse(fail(usernameForm, "The username "+name+" cannot be used: "+why+"."))
	}
	if other := e.holderOf(name); other != nil && other != n {
		return e.refuse(fail(usernameTaken, "The username "+name+" is not available."))
	}
	status := "approved"
	if e.account.rules.ReservedUsernames {
		status = "reserved"
	}
	e.setupOf(n).username = username{name, status}
	e.tellUsername(n, c.arrived)
	var o wire.Object
	return answer{http: http.StatusOK, body: o.Str("status", status).Bytes()}
}

func (e *Emulator) dropUsername(c *call, n *number) answer {
	s := e.setupOf(n)
	if s.username.name == "" {
		return e.refuse(badParameter("This phone number has no username."))
	}
	s.username = username{status: "deleted"}
	e.tellUsername(n, c.arrived)
	s.username = username{}
	return success
}

// DecideUsername lets Meta approve a username that is reserved, reserve one that
// is approved, or delete it.
func (e *Emulator) DecideUsername(numberID, status string) error {
	if !slices.Contains([]string{"approved", "reserved", "deleted"}, status) {
		return fmt.Errorf("status is approved, reserved or deleted, not %q", status)
	}
	return e.onNumber(numberID, func(n *number, at time.Time) error {
		s := e.setupOf(n)
		if s.username.name == "" {
			return fmt.Errorf("number %s has no username: POST /{phone-number-id}/username takes one", n.ID)
		}
		s.username.status = status
		if status == "deleted" {
			s.username.name = ""
		}
		e.tellUsername(n, at)
		if status == "deleted" {
			s.username = username{}
		}
		return nil
	})
}

func (e *Emulator) tellUsername(n *number, at time.Time) {
	u := e.setupOf(n).username
	var o wire.Object
	o.Str("display_phone_number", n.Digits).Opt("username", u.name).Str("status", u.status)
	e.tell(n, update{entry: n.waba.ID, time: at, field: "business_username_update", value: o.Bytes()}, at)
}

// suggestionsMost is how many usernames are suggested; Meta tells no number.
const suggestionsMost = 5

// suggestUsernames makes free usernames of the number's name.
func (e *Emulator) suggestUsernames(_ *call, n *number) answer {
	words := strings.FieldsFunc(strings.ToLower(n.VerifiedName), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	if len(words) == 0 {
		words = []string{"business"}
	}
	tail := n.Digits[max(0, len(n.Digits)-4):]
	var free [][]byte
	for _, name := range []string{
		strings.Join(words, ""), strings.Join(words, "."), strings.Join(words, "_"), strings.Join(words, "") + tail,
		strings.Join(words, "_") + "_official", strings.Join(words, "") + ".shop" + tail, words[0] + tail,
	} {
		if len(free) < suggestionsMost && unfit(name) == "" && e.holderOf(name) == nil && !slices.ContainsFunc(free, func(b []byte) bool { return string(b) == string(str(name)) }) {
			free = append(free, str(name))
		}
	}
	var item, o wire.Object
	return answer{http: http.StatusOK, body: o.List("data", item.List("username_suggestions", free...).Bytes()).Bytes()}
}
