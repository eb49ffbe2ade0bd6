// Package chatexport reads what WhatsApp's "Export chat" writes: a text file, alone
// or in a zip beside the files of the chat.
//
// The text has no grammar of its own. Each line that begins a message bears a
// date and a time as the phone's language writes them, then a name, then what was
// said; what follows without such a beginning belongs to the message before. The
// phone writes all its lines alike, so the layout is a property of the file: it is
// read twice, once to learn how its lines begin ([File.Survey]) and once to read
// them ([File.Read]). Both passes hold one message at a time.
//
// Three things are never guessed. A line that begins like a message but not like
// this file's is kept apart and counted ([NotUnderstood]), not glued to its
// neighbour. A date that can be read in two ways is a question with both readings
// ([Survey.Readings]). And the times are local times without a zone: whoever
// imports says which.
//
// The package is pure: it reads what it is given, and bounds how much ([Limits]).
package chatexport
