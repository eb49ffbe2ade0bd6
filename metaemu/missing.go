package metaemu

// missing is what the protocol notes describe and the emulator does not answer:
// such a call gets code 100 with subcode 33, and on an object that is there it
// says that it is not emulated. A line leaves when its edge comes; a test sees to it.
var missing = []struct{ methods, path, source, because string }{}
