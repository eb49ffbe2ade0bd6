package metaemu

import "net/http"

// accountWorld is what of accounts Reset forgets.
type accountWorld struct{}

func newAccountWorld() accountWorld { return accountWorld{} }

// accountEdges are those of numbers and accounts beyond sending: profile,
// settings, blocked users, links, users, registration.
func accountEdges() []edge { return nil }

func accountFinders() []func(e *Emulator, id string) target { return nil }

// accountRoutes are the emulator's own paths about accounts.
func (e *Emulator) accountRoutes(*http.ServeMux) {}

// blocked is why a number may not send to a customer it has blocked, or nil.
func (e *Emulator) blocked(*number, *customer) *failure { return nil }
