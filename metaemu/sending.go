package metaemu

import "net/http"

// sendWorld is what of sending Reset forgets.
type sendWorld struct{}

func newSendWorld() sendWorld { return sendWorld{} }

// sendEdges are those that send, except messages, which has a way of its own.
func sendEdges() []edge { return nil }

// sendRoutes are the emulator's own paths about sending.
func (e *Emulator) sendRoutes(*http.ServeMux) {}
