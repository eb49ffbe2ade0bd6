// Package store keeps everything Wasl knows, behind the narrow interfaces the
// engines declare, in SQLite or in PostgreSQL.
//
// Each query is written once, with $1 placeholders, for both; what differs is a
// method of dialect. Each exported method is one transaction named by its
// intention. Times are microseconds UTC and always passed in: SQL never reads a
// clock. business_id leads every key and stands in every statement, except for
// the raw deliveries, the nodes, and the directories that find a business.
//
// On SQLite there is one writing connection. Whoever wants to write waits for it
// in one of three queues (acknowledgements, live, background), so that history
// and indexing never delay a webhook's answer; readers have a pool of their own.
// Group commits need no timer: whoever collects work (see Keep) takes whatever
// has queued while the last commit ran.
package store
