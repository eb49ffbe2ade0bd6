// Package wa is the vocabulary: what exists in the world of WhatsApp as Wasl
// sees it, what can happen to it, and how it is identified.
//
// Everybody imports wa and wa imports nothing. Its types are values; the rules
// that belong to a noun alone stand with it: [Status.After] (the lattice of
// what is believed of a message), [Window.Open] (the 24 hours in which one may
// write freely), [CanonicalPhone] (which spellings of a number are one person).
package wa
