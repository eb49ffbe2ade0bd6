package metaemu

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// profile is what customers see of a business.
type profile struct {
	about, address, description, email, vertical string
	picture                                      *picture
	websites                                     []string
}

// picture is the file behind the handle that a profile was given; none where any
// handle is taken.
type picture struct {
	handle, kind string
	content      []byte
}

// How much a profile holds (OpenAPI document v23, Nov 2025; two websites by
// providers' pages, 2026). WhatsApp Manager is said to take 512 characters of
// description; no page of Meta's says so (§7.3).
var profileLengths = map[string]extent{"about": {1, 139}, "address": {0, 256}, "description": {0, 256}, "email": {0, 128}}

const (
	websitesMost  = 2
	websiteLength = 256
)

// verticals are the kinds of business (§7.3).
const verticals = "UNDEFINED OTHER AUTO BEAUTY APPAREL EDU ENTERTAIN EVENT_PLAN FINANCE GROCERY GOVT HOTEL HEALTH NONPROFIT PROF_SERVICES RETAIL " +
	"TRAVEL RESTAURANT NOT_A_BIZ ALCOHOL ONLINE_GAMBLING PHYSICAL_GAMBLING OTC_DRUGS"

const profileFields = "about address description email profile_picture_url websites vertical"

func profileEdges() []edge {
	return []edge{
		{on: "number", method: "GET", name: "whatsapp_business_profile", fields: profileFields, source: "cloud-api-protocol §7.3", do: ofNumber((*Emulator).getProfile)},
		{
			on: "number", method: "POST", name: "whatsapp_business_profile",
			fields: "messaging_product about address description email profile_picture_handle websites vertical", codes: []int{100},
			source: "cloud-api-protocol §7.3", do: ofNumber((*Emulator).setProfile),
		},
		{
			on: "number", method: "GET", name: "settings", fields: "calling payload_encryption storage_configuration user_identity_change",
			source: "cloud-api-protocol §7.4", do: ofNumber((*Emulator).getSettings),
		},
		{
			on: "number", method: "POST", name: "settings", fields: "calling storage_configuration user_identity_change", codes: []int{100},
			source: "cloud-api-protocol §7.4", do: ofNumber((*Emulator).setSettings),
		},
	}
}

// getProfile answers what is set of the fields asked for; messaging_product
// always.
func (e *Emulator) getProfile(c *call, n *number) answer {
	p := e.setupOf(n).profile
	var item, o wire.Object
	for _, s := range selections(or(c.query("fields"), strings.ReplaceAll(profileFields, " ", ","))) {
		switch s.name {
		case "about":
			item.Opt(s.name, p.about)
		case "address":
			item.Opt(s.name, p.address)
		case "description":
			item.Opt(s.name, p.description)
		case "email":
			item.Opt(s.name, p.email)
		case "vertical":
			item.Opt(s.name, p.vertical)
		case "websites":
			if len(p.websites) > 0 {
				item.List(s.name, texts(p.websites)...)
			}
		case "profile_picture_url":
			if p.picture != nil {
				item.Str(s.name, p.picture.address(c, n))
			}
		}
	}
	return answer{http: http.StatusOK, body: o.List("data", item.Str("messaging_product", "whatsapp").Bytes()).Bytes()}
}

func texts(list []string) [][]byte {
	var out [][]byte
	for _, s := range list {
		out = append(out, str(s))
	}
	return out
}

// setProfile changes what the call names; an empty value takes it away.
func (e *Emulator) setProfile(c *call, n *number) answer {
	if c.query("messaging_product") != "whatsapp" {
		return e.refuse(needsProduct())
	}
	p := e.setupOf(n).profile
	given := c.given()
	plain := map[string]*string{"about": &p.about, "address": &p.address, "description": &p.description, "email": &p.email}
	for _, name := range sortedKeys(plain) {
		if !given(name) {
			continue
		}
		v, most := c.query(name), profileLengths[name]
		if !most.holds(v) {
			return e.refuse(badParameter("Param " + name + " must be between " + itoa(most.least) + " and " + itoa(most.most) + " characters long."))
		}
		*plain[name] = v
	}
	if p.email != "" && !isEmail(p.email) {
		return e.refuse(badParameter("Invalid parameter: email must be a valid email address"))
	}
	if v := c.query("vertical"); v != "" {
		if !slices.Contains(strings.Fields(verticals), v) {
			return e.refuse(badParameter("Param vertical must be one of {" + strings.ReplaceAll(verticals, " ", ", ") + "}"))
		}
		p.vertical = v
	}
	if given("websites") {
		list, f := websitesOf(c.query("websites"))
		if f != nil {
			return e.refuse(f)
		}
		p.websites = list
	}
	if h := c.query("profile_picture_handle"); h != "" {
		kind, content, uploaded := e.handle(h)
		if !e.habits.AnyHandle && (!uploaded || !strings.HasPrefix(kind, "image/")) {
			return e.refuse(wrongState("The profile picture handle is invalid or expired"))
		}
		p.picture = &picture{h, kind, content}
	}
	e.setupOf(n).profile = p
	return success
}

// websitesOf reads the list of websites, which may be empty.
func websitesOf(raw string) ([]string, *failure) {
	var list []string
	if raw != "" && json.Unmarshal([]byte(raw), &list) != nil {
		return nil, badParameter("Param websites must be an array of URLs.")
	}
	if len(list) > websitesMost {
		return nil, badParameter("Param websites must have at most " + itoa(websitesMost) + " elements.")
	}
	for _, s := range list {
		u, err := url.Parse(s)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || len(s) > websiteLength {
			return nil, badParameter("Param websites must hold URLs that begin with http:// or https:// and are at most " + itoa(websiteLength) + " characters long.")
		}
	}
	return list, nil
}

// isEmail is as much as can be said of an address without writing to it.
func isEmail(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	return ok && name != "" && strings.Contains(strings.Trim(host, "."), ".") && !strings.ContainsAny(s, " \t\r\n") && !strings.Contains(host, "@")
}

// address is where the picture lies: with the emulator, if it has one.
func (p *picture) address(c *call, n *number) string {
	if len(p.content) == 0 {
		return "https://pps.whatsapp.net/v/" + shortHash(p.handle) + ".jpg"
	}
	return c.base + "/_emulator/numbers/" + n.ID + "/picture?" + shortHash(p.handle)
}

// servePicture is the picture of a number's profile.
func (e *Emulator) servePicture(w http.ResponseWriter, r *http.Request) {
	var p *picture
	err := e.onNumber(r.PathValue("id"), func(n *number, _ time.Time) error {
		if p = e.setupOf(n).profile.picture; p == nil || len(p.content) == 0 {
			return fmt.Errorf("the profile of number %s has no picture: POST whatsapp_business_profile with profile_picture_handle sets one", n.ID)
		}
		return nil
	})
	if err != nil {
		writeError(w, http.StatusNotFound, err)
		return
	}
	w.Header().Set("Content-Type", p.kind)
	_, _ = w.Write(p.content) // A caller that has hung up hears nothing.
}

// given answers whether a call names a parameter, be it empty.
func (c *call) given() func(string) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(c.body, &members) == nil {
		return func(name string) bool { _, ok := members[name]; return ok || c.asked.Has(name) }
	}
	form, _ := url.ParseQuery(string(c.body)) // What is no form names nothing.
	return func(name string) bool { return c.query(name) != "" || c.asked.Has(name) || form.Has(name) }
}
