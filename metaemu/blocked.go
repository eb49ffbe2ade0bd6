package metaemu

import (
	"encoding/json"
	"net/http"
	"slices"

	"wasl/metaemu/wire"
)

// blocksMost is how many customers a number can block: "64k"
// (cloud-api-protocol §6.1, DOC/block-users, read September 2026).
const blocksMost = 64_000

func blockEdges() []edge {
	on := func(method, fields string, codes []int, do func(*Emulator, *call, *number) answer) edge {
		return edge{on: "number", method: method, name: "block_users", fields: fields, codes: codes, source: "cloud-api-protocol §7.5", do: ofNumber(do)}
	}
	return []edge{
		on("GET", "limit after before", nil, (*Emulator).blockedUsers),
		on("POST", "messaging_product block_users", []int{100, 131021, 131047, 139100, 139101}, func(e *Emulator, c *call, n *number) answer {
			return e.changeBlocks(c, n, "added_users", e.block)
		}),
		on("DELETE", "messaging_product block_users", []int{100, 139100}, func(e *Emulator, c *call, n *number) answer {
			return e.changeBlocks(c, n, "removed_users", e.unblock)
		}),
	}
}

// isBlocked answers whether a number has blocked a customer.
func (e *Emulator) isBlocked(n *number, cu *customer) bool {
	s := e.account.numbers[n.ID]
	return s != nil && s.isBlocked[cu.ID]
}

// blocked is why a number may not send to a customer it has blocked, or nil.
func (e *Emulator) blocked(n *number, cu *customer) *failure {
	if !e.isBlocked(n, cu) {
		return nil
	}
	return fail(130403, "The business has blocked this user: unblock the user to send messages again.")
}

// blockedUsers is the list, in the order of blocking.
func (e *Emulator) blockedUsers(c *call, n *number) answer {
	var rows []row
	for _, id := range e.setupOf(n).blocked {
		var o wire.Object
		o.Str("messaging_product", "whatsapp").Str("wa_id", e.spelling(e.customers[id].Digits))
		rows = append(rows, row{key: id, json: o.Bytes()})
	}
	return e.page(c, rows)
}

// changeBlocks blocks or unblocks users one by one. If one of them fails the
// answer has both what was done and an error (§7.5).
func (e *Emulator) changeBlocks(c *call, n *number, key string, do func(*call, *number, string) (*customer, *failure)) answer {
	var users []struct {
		User string `json:"user"`
	}
	switch {
	case c.query("messaging_product") != "whatsapp":
		return e.refuse(needsProduct())
	case json.Unmarshal([]byte(c.query("block_users")), &users) != nil || len(users) == 0:
		return e.refuse(badParameter("Param block_users must be a non-empty array of objects with the key user."))
	}
	var done, failed [][]byte
	for _, u := range users {
		cu, f := do(c, n, u.User)
		var o wire.Object
		o.Str("input", u.User)
		if cu != nil {
			o.Str("wa_id", e.spelling(cu.Digits))
		}
		if f == nil {
			done = append(done, o.Bytes())
			continue
		}
		failed = append(failed, o.List("errors", f.ofUser()).Bytes())
	}
	var blocks, out wire.Object
	if len(done) > 0 || len(failed) == 0 {
		blocks.List(key, done...)
	}
	out.Str("messaging_product", "whatsapp")
	if len(failed) == 0 {
		return answer{http: http.StatusOK, body: out.Obj("block_users", &blocks).Bytes()}
	}
	f := fail(139100, "Some of the users could not be changed.")
	out.Obj("block_users", blocks.List("failed_users", failed...)).Obj("error", f.object(e.trace()))
	return answer{http: f.http, body: out.Bytes()}
}

// ofUser is a failure in the list of those that failed.
func (f *failure) ofUser() []byte {
	var o, data wire.Object
	return o.Str("message", f.title).Int("code", int64(f.code)).Obj("error_data", data.Str("details", or(f.details, f.title))).Bytes()
}

// block blocks a customer who has written within 24 hours.
func (e *Emulator) block(c *call, n *number, user string) (*customer, *failure) {
	digits, ok := digitsOf(user)
	if !ok {
		return nil, badParameter("Param user must be a phone number.")
	}
	if digits == n.Digits {
		return nil, fail(131021, "A number cannot block itself.")
	}
	s, cu := e.setupOf(n), e.byDigits[digits]
	switch {
	case cu == nil || n.talks[cu.ID] == nil:
	case s.isBlocked[cu.ID]:
		return cu, nil
	case !n.talks[cu.ID].open(c.arrived):
	case len(s.blocked) >= blocksMost:
		return cu, fail(139101, "The list of blocked users is full.")
	default:
		if s.isBlocked == nil {
			s.isBlocked = map[string]bool{}
		}
		s.isBlocked[cu.ID] = true
		s.blocked = append(s.blocked, cu.ID)
		return cu, nil
	}
	return cu, fail(131047, "Only users who have sent a message within the last 24 hours can be blocked.")
}

// unblock lets a customer write again. Who is not blocked is let go as well.
func (e *Emulator) unblock(_ *call, n *number, user string) (*customer, *failure) {
	digits, ok := digitsOf(user)
	if !ok {
		return nil, badParameter("Param user must be a phone number.")
	}
	cu := e.byDigits[digits]
	if cu == nil {
		return nil, fail(100, "This user is not blocked.")
	}
	s := e.setupOf(n)
	delete(s.isBlocked, cu.ID)
	s.blocked = slices.DeleteFunc(s.blocked, func(id string) bool { return id == cu.ID })
	return cu, nil
}
