package metaemu

import (
	"encoding/json"
	"regexp"
	"unicode/utf8"

	"wasl/metaemu/wire"
)

// automation is what a chat with a business offers: prompts before the first
// message, and commands behind a slash.
type automation struct {
	prompts  []string
	commands []botCommand
}

type botCommand struct {
	Name string `json:"command_name"`
	Hint string `json:"command_description"`
}

// What a number can offer (cloud-api-protocol §7.7, read September 2026; the
// OpenAPI document of Nov 2025 has 3 prompts and names of 30).
const (
	promptsMost    = 4
	promptLength   = 80
	commandsMost   = 30
	commandLength  = 32
	commandHintLen = 256
)

// emoji are the blocks that pictures stand in, and what joins them.
var emoji = regexp.MustCompile(`[\x{1F000}-\x{1FAFF}\x{2600}-\x{27BF}\x{2B00}-\x{2BFF}\x{1F1E6}-\x{1F1FF}\x{FE0F}\x{20E3}]`)

// setAutomation replaces what the call names. enable_welcome_message went in March
// 2026 and is not looked at.
func (e *Emulator) setAutomation(c *call, n *number) answer {
	a, given := e.setupOf(n).automation, c.given()
	if given("prompts") {
		a.prompts = nil
		if raw := c.query("prompts"); raw != "" && json.Unmarshal([]byte(raw), &a.prompts) != nil {
			return e.refuse(badParameter("Param prompts must be an array of strings."))
		}
	}
	if given("commands") {
		a.commands = nil
		if raw := c.query("commands"); raw != "" && json.Unmarshal([]byte(raw), &a.commands) != nil {
			return e.refuse(badParameter("Param commands must be an array of objects with command_name and command_description."))
		}
	}
	if f := a.wrong(); f != nil {
		return e.refuse(f)
	}
	e.setupOf(n).automation = a
	return success
}

// wrong is what breaks a limit, or nil.
func (a automation) wrong() *failure {
	if len(a.prompts) > promptsMost {
		return badParameter("Too many prompts provided. Maximum allowed is " + itoa(promptsMost))
	}
	if len(a.commands) > commandsMost {
		return badParameter("Too many commands provided. Maximum allowed is " + itoa(commandsMost))
	}
	for _, p := range a.prompts {
		switch {
		case p == "" || utf8.RuneCountInString(p) > promptLength:
			return badParameter("Prompt text exceeds maximum length of " + itoa(promptLength) + " characters")
		case emoji.MatchString(p):
			return badParameter("Prompt text cannot contain emojis")
		}
	}
	seen := map[string]bool{}
	for _, k := range a.commands {
		switch {
		case k.Name == "" || utf8.RuneCountInString(k.Name) > commandLength:
			return badParameter("Command names must have between 1 and " + itoa(commandLength) + " characters")
		case utf8.RuneCountInString(k.Hint) > commandHintLen:
			return badParameter("Command descriptions must have at most " + itoa(commandHintLen) + " characters")
		case emoji.MatchString(k.Name + k.Hint):
			return badParameter("Commands cannot contain emojis")
		case seen[k.Name]:
			return wrongState("Command names must be unique. Duplicate command name found: " + k.Name)
		}
		seen[k.Name] = true
	}
	return nil
}

// json is the field of the number's node; nothing if nothing is set.
func (a automation) json(id string) []byte {
	if len(a.prompts)+len(a.commands) == 0 {
		return []byte{}
	}
	var o wire.Object
	o.List("prompts", texts(a.prompts)...)
	var list [][]byte
	for _, k := range a.commands {
		var one wire.Object
		list = append(list, one.Str("command_name", k.Name).Str("command_description", k.Hint).Bytes())
	}
	return o.List("commands", list...).Str("id", id).Bytes()
}
