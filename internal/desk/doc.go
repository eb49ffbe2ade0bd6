// Package desk is the read side: what a person at a desk sees of conversations,
// messages, contacts, numbers, and, for operators, of deliveries and reactions;
// and the few things they do to a conversation that send nothing.
//
// It declares shapes and what it needs kept; package store provides it. Nothing
// here changes what happened: reading is free of side effects, and
// [Conversations.TakeOver], [Conversations.HandBack] and [Conversations.MarkSeen] are
// written to the journal like everything else.
//
// Search folds names and numbers on both sides by [Fold], so that whoever
// looks for somebody need not know which of several spellings was used.
package desk
