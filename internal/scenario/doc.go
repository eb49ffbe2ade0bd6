// Package scenario tells whole stories: the house, the emulator of Meta's side
// and a database in one bubble of virtual time, or over real HTTP where a story
// is about that. One file, one story; the judge is the emulator's books.
package scenario
