package metaemu

// missing is what the protocol notes describe and the emulator does not answer:
// such a call gets code 100 with subcode 33, and on an object that is there it
// says that it is not emulated. A line leaves when its edge comes; a test sees to it.
var missing = []struct{ methods, path, source, because string }{
	{"POST", "/{phone-number-id}/media", "cloud-api-protocol §3", mediaToCome},
	{"GET DELETE", "/{media-id}", "cloud-api-protocol §3", mediaToCome},
	{"POST", "/{app-id}/uploads", "cloud-api-protocol §3.1", mediaToCome},
	{"GET POST", "/{upload-id}", "cloud-api-protocol §3.1", mediaToCome},
}

const (
	mediaToCome = "media is sent by link or by any id, and not looked at"
)
