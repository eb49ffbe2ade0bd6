package metaemu

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// wabaSetup is what is held of a WhatsApp Business Account beside its numbers
// and templates.
type wabaSetup struct {
	review     string // decision of the last review; empty: APPROVED
	users      []assignedUser
	activities []activity // newest last
	// solutions and schedules are as a test has put them: nothing else makes any.
	solutions, schedules []json.RawMessage
}

func (e *Emulator) setupOfWABA(w *waba) *wabaSetup {
	s := e.account.wabas[w.ID]
	if s == nil {
		s = &wabaSetup{}
		e.account.wabas[w.ID] = s
	}
	return s
}

const wabaFields = "id name currency timezone_id message_template_namespace account_review_status business_verification_status country ownership_type " +
	"owner_business_info primary_business_location health_status is_enabled_for_insights whatsapp_business_manager_messaging_limit"

// portfolioEdges are those of portfolios, and of WABAs beyond numbers and
// templates.
func portfolioEdges() []edge {
	const source = "cloud-api-protocol §7.9"
	on := func(method, name, fields string, do func(*Emulator, *call, *waba) answer) edge {
		codes := []int(nil)
		if method != http.MethodGet {
			codes = []int{100}
		}
		return edge{on: "waba", method: method, name: name, fields: fields, codes: codes, source: source, do: ofWABA(do)}
	}
	const page = " limit after before"
	return []edge{
		{on: "portfolio", method: "GET", fields: "id name health_status", source: "cloud-api-protocol §7.1", do: (*Emulator).portfolioNode},
		{on: "portfolio", method: "GET", name: "owned_whatsapp_business_accounts", fields: wabaFields + page, source: source, do: func(e *Emulator, c *call) answer {
			return e.accountsOf(c, true)
		}},
		{on: "portfolio", method: "GET", name: "client_whatsapp_business_accounts", fields: wabaFields + page, source: source, do: func(e *Emulator, c *call) answer {
			return e.accountsOf(c, false)
		}},
		on("GET", "assigned_users", "business id name user_type tasks"+page, (*Emulator).assignedUsers),
		on("POST", "assigned_users", "business user tasks", (*Emulator).assignUser),
		on("DELETE", "assigned_users", "business user", (*Emulator).dismissUser),
		on("GET", "activities", "id activity_type timestamp actor_type actor_id actor_name description details since until"+page, (*Emulator).activitiesOf),
		on("GET", "solutions", "id name status status_for_pending_request owner_app owner_permissions"+page, func(e *Emulator, c *call, w *waba) answer {
			return e.listedObjects(c, e.setupOfWABA(w).solutions)
		}),
		on("GET", "schedules", "id name status schedule_type description start_time end_time timezone days_of_week is_active recurrence_pattern"+page, func(e *Emulator, c *call, w *waba) answer {
			return e.listedObjects(c, e.setupOfWABA(w).schedules)
		}),
	}
}

func (e *Emulator) portfolioNode(c *call) answer {
	p := c.target.this.(*portfolio)
	return answer{http: http.StatusOK, body: e.nodeOf(c, "portfolio", p.ID, or(c.query("fields"), "name"), func(s selection) []byte {
		switch s.name {
		case "name":
			return str(p.Name)
		case "health_status":
			return healthOf(e.businessHealth(p.ID))
		}
		return nil
	})}
}

// accountsOf lists the WABAs of a portfolio: those it owns that the token reaches,
// or those of others that the caller's app reaches by any of its tokens, which is
// how a partner finds a new one (coexistence-protocol §2.5).
func (e *Emulator) accountsOf(c *call, owned bool) answer {
	p := c.target.this.(*portfolio)
	reached := map[string]bool{}
	for _, t := range e.tokens {
		if t == c.holder || !owned && t.app == c.holder.app && t.alive(c.arrived) == nil {
			for id := range t.wabas {
				reached[id] = true
			}
		}
	}
	var rows []row
	for _, id := range sortedKeys(reached) {
		w := e.wabas[id]
		if w == nil || (w.Portfolio == p.ID) != owned || c.query("find") != "" && c.query("find") != id {
			continue
		}
		rows = append(rows, row{key: id, json: e.wabaBody(c, w, or(c.query("fields"), "name,currency,timezone_id,message_template_namespace"))})
	}
	return e.page(c, rows)
}

// assignedUser is somebody who may work with a WABA.
type assignedUser struct {
	id, business string
	tasks        []string
}

// tasks are what a user may be allowed (OpenAPI document v23,
// WhatsAppBusinessAccountPermissionTask, Nov 2025).
const tasks = "MANAGE DEVELOP MANAGE_TEMPLATES MANAGE_PHONE VIEW_COST MANAGE_EXTENSIONS VIEW_PHONE_ASSETS MANAGE_PHONE_ASSETS VIEW_TEMPLATES " +
	"VIEW_INSIGHTS RECEIVE_INCOMING_MESSAGES MANAGE_BILLING MANAGE_USERS MESSAGING FULL_CONTROL"

// usersMost bounds the users of a WABA.
const usersMost = 1_000

// nameOfUser is that of the app whose system user it is; of others Meta knows
// a name, and the emulator does not.
func (e *Emulator) nameOfUser(id string) (name, kind string) {
	for app := range e.apps {
		if userOf(app) == id {
			return e.apps[app].Name, "SYSTEM_USER"
		}
	}
	return "User " + id[max(0, len(id)-4):], "BUSINESS_USER"
}

func (e *Emulator) assignedUsers(c *call, w *waba) answer {
	if c.query("business") == "" {
		return e.refuse(badParameter("The parameter business is required to specify a business"))
	}
	var rows []row
	for _, u := range e.setupOfWABA(w).users {
		if u.business != "" && u.business != c.query("business") {
			continue
		}
		name, kind := e.nameOfUser(u.id)
		rows = append(rows, row{key: u.id, json: e.nodeOf(c, "", u.id, or(c.query("fields"), "name,tasks"), func(s selection) []byte {
			var o wire.Object
			switch s.name {
			case "name":
				return str(name)
			case "user_type":
				return str(kind)
			case "tasks":
				o.List("x", texts(u.tasks)...)
				return o.Bytes()[len(`{"x":`) : len(o.Bytes())-1]
			case "business":
				if p := e.portfolios[u.business]; p != nil {
					return o.Str("id", p.ID).Str("name", p.Name).Bytes()
				}
			}
			return nil
		})})
	}
	return e.page(c, rows)
}

func (e *Emulator) assignUser(c *call, w *waba) answer {
	s, id := e.setupOfWABA(w), c.query("user")
	list, ok := listOfWords(c.query("tasks"))
	switch {
	case !isID(id):
		return e.refuse(badParameter("Invalid parameter: user must be a valid user ID"))
	case !ok || len(list) == 0 || slices.ContainsFunc(list, func(t string) bool { return !slices.Contains(strings.Fields(tasks), t) }):
		return e.refuse(badParameter("Param tasks must be a non-empty array of {" + strings.ReplaceAll(tasks, " ", ", ") + "}"))
	case slices.ContainsFunc(s.users, func(u assignedUser) bool { return u.id == id }):
		return e.refuse(wrongState("User is already assigned to this WhatsApp Business Account"))
	case len(s.users) >= usersMost:
		return e.refuse(badParameter("This WhatsApp Business Account has too many users."))
	}
	s.users = append(s.users, assignedUser{id: id, business: c.query("business"), tasks: list})
	e.note(c, w, "USER_ADDED", "User "+id+" was added to the account")
	return success
}

func (e *Emulator) dismissUser(c *call, w *waba) answer {
	s, id := e.setupOfWABA(w), c.query("user")
	i := slices.IndexFunc(s.users, func(u assignedUser) bool { return u.id == id })
	if i < 0 {
		return e.refuse(badParameter("Invalid parameter: user must be a valid user ID"))
	}
	s.users = slices.Delete(s.users, i, i+1)
	e.note(c, w, "USER_REMOVED", "User "+id+" was removed from the account")
	return success
}

// listOfWords reads a list as Meta's pages write it: ["A","B"] or ['A','B'].
func listOfWords(raw string) (list []string, ok bool) {
	ok = json.Unmarshal([]byte(strings.ReplaceAll(raw, "'", `"`)), &list) == nil
	return list, ok
}

// activity is something that was done to a WABA over Graph.
type activity struct {
	id, kind, actor, description string
	at                           time.Time
}

// activitiesMost is how many activities of a WABA are kept, the newest.
const activitiesMost = 1_000

// note keeps an activity.
func (e *Emulator) note(c *call, w *waba, kind, description string) {
	s := e.setupOfWABA(w)
	s.activities = append(s.activities, activity{id: e.nodeID("activity"), kind: kind, actor: c.holder.app, description: description, at: c.arrived})
	s.activities = s.activities[max(0, len(s.activities)-activitiesMost):]
}

// activitiesOf lists them, the newest first.
func (e *Emulator) activitiesOf(c *call, w *waba) answer {
	since, sinceOK := moment(c.query("since"))
	until, untilOK := moment(c.query("until"))
	if !sinceOK || !untilOK {
		return e.refuse(badParameter("Params since and until must be Unix timestamps or ISO 8601 dates."))
	}
	kinds := c.query("activity_type")
	var rows []row
	for _, a := range slices.Backward(e.setupOfWABA(w).activities) {
		if !since.IsZero() && a.at.Before(since) || !until.IsZero() && a.at.After(until) || kinds != "" && !slices.Contains(strings.Split(kinds, ","), a.kind) {
			continue
		}
		rows = append(rows, row{key: a.id, json: e.nodeOf(c, "", a.id, or(c.query("fields"), "activity_type,timestamp,actor_type"), func(s selection) []byte {
			switch s.name {
			case "activity_type":
				return str(a.kind)
			case "timestamp":
				return str(a.at.UTC().Format(time.RFC3339))
			case "actor_type":
				return str("API")
			case "actor_id":
				return str(userOf(a.actor))
			case "actor_name":
				if app := e.apps[a.actor]; app != nil {
					return str(app.Name)
				}
			case "description":
				return str(a.description)
			}
			return nil
		})})
	}
	return e.page(c, rows)
}

// moment reads a Unix timestamp or an ISO 8601 date; empty is the zero time.
func moment(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(n, 0), true
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// listedObjects are objects as a test has put them, with the fields asked for.
func (e *Emulator) listedObjects(c *call, list []json.RawMessage) answer {
	var rows []row
	for i, raw := range list {
		var named struct {
			ID string `json:"id"`
		}
		_ = json.Unmarshal(raw, &named) // It was read when it was put there.
		rows = append(rows, row{key: cmp.Or(named.ID, itoa(i)), json: chosen(compact(raw), c.query("fields"))})
	}
	return e.page(c, rows)
}

// SetSolutions and SetSchedules put the multi-partner solutions and schedules of
// a WABA there; each is an object with an id.
func (e *Emulator) SetSolutions(wabaID string, list []json.RawMessage) error {
	return e.setListed(wabaID, list, func(s *wabaSetup) *[]json.RawMessage { return &s.solutions })
}

// SetSchedules puts the schedules of a WABA there.
func (e *Emulator) SetSchedules(wabaID string, list []json.RawMessage) error {
	return e.setListed(wabaID, list, func(s *wabaSetup) *[]json.RawMessage { return &s.schedules })
}

func (e *Emulator) setListed(wabaID string, list []json.RawMessage, into func(*wabaSetup) *[]json.RawMessage) error {
	for _, raw := range list {
		var o struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(raw, &o) != nil || o.ID == "" {
			return fmt.Errorf("each of the list is an object with an id")
		}
	}
	return e.onWABA(wabaID, func(w *waba, _ time.Time) error {
		*into(e.setupOfWABA(w)) = list
		return nil
	})
}

// onWABA does something about a WABA.
func (e *Emulator) onWABA(id string, do func(w *waba, at time.Time) error) error {
	e.enter()
	defer e.mu.Unlock()
	w := e.wabas[id]
	if w == nil {
		return fmt.Errorf("there is no waba %q: GET /_emulator/wabas lists them", id)
	}
	return do(w, e.clock.Now())
}
