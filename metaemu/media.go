package metaemu

import "net/http"

// mediaWorld is the media that Reset forgets.
type mediaWorld struct{}

func newMediaWorld() mediaWorld { return mediaWorld{} }

// mediaEdges are those of media and of resumable uploads.
func mediaEdges() []edge { return nil }

func mediaFinders() []func(e *Emulator, id string) target { return nil }

// mediaRoutes are the emulator's own paths about media.
func (e *Emulator) mediaRoutes(*http.ServeMux) {}

// mediaFate is why the media that a send names cannot be sent, or nil. A failure
// at once refuses the call.
func (e *Emulator) mediaFate(*number, *sendRequest) (f *failure, atOnce bool) { return nil, false }
