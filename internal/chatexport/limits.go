package chatexport

import "errors"

// Limits bound what reading a file may cost. Chats end at 40,000 messages where
// they are exported without media (faq.whatsapp.com, "How to export your chat
// history", read 2026-11-26); the figures leave room beyond that.
type Limits struct {
	Text    int64 // of the chat's text, in bytes, after unpacking
	Entries int   // of files in a zip
	Line    int   // of one line, in bytes
	Message int   // of one message, in bytes
	File    int64 // of one of the other files in a zip, in bytes, unpacked; 0: none is read
	Files   int64 // of all that a zip says it holds, in bytes, unpacked; 0: any
	Ratio   int64 // how many times smaller a file may be packed; 0: any
	People  int   // of different names
}

// Usual are the limits unless somebody has reason for others.
var Usual = Limits{Text: 64 << 20, Entries: 20_000, Line: 256 << 10, Message: 1 << 20, People: 2_000}

// What makes a file unreadable.
var (
	// ErrNotAnExport says that no line of the text begins as a message does.
	ErrNotAnExport = errors.New("no line of this file begins like a message of an exported chat")
	// ErrNoChat says that a zip holds no text of a chat.
	ErrNoChat = errors.New("the zip holds no chat: there is no .txt file in it")
	// ErrManyChats says that a zip holds several texts of which none is called as a chat's is.
	ErrManyChats = errors.New("the zip holds several .txt files and none is called as WhatsApp calls a chat")
	// ErrTooLarge says that a limit was met.
	ErrTooLarge = errors.New("the file is larger than an exported chat can be")
	// ErrBadName says that a zip names a file outside of itself.
	ErrBadName = errors.New("the zip names a file outside of itself")
	// ErrNoFile says that a zip has no such file, or none that may be read.
	ErrNoFile = errors.New("the zip holds no such file")
	// ErrDamaged says that the zip cannot be unpacked.
	ErrDamaged = errors.New("the zip is damaged")
)
