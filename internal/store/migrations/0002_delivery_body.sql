-- +goose Up

-- A delivery's body is written once and read once; its row is written again when
-- it has been applied. Apart, that second write does not carry the body along.
CREATE TABLE delivery_body (
    delivery_id TEXT NOT NULL PRIMARY KEY,
    body        BYTEA NOT NULL
) /*without rowid*/;
INSERT INTO delivery_body (delivery_id, body) SELECT id, body FROM delivery;
ALTER TABLE delivery ADD COLUMN size BIGINT NOT NULL DEFAULT 0; -- of the body, in bytes
UPDATE delivery SET size = LENGTH(body);
ALTER TABLE delivery DROP COLUMN body;

-- Two reports of one second may differ in their error or their price: all that
-- Meta says counts, not only the word and the time.
CREATE TABLE reported_status (
    business_id TEXT NOT NULL,
    number_id   TEXT NOT NULL,
    wamid       TEXT NOT NULL,
    digest      TEXT NOT NULL,             -- of everything the report says
    wire        TEXT NOT NULL,             -- as Meta wrote it: sent, played, …
    at          BIGINT NOT NULL,
    recipient   TEXT NOT NULL,             -- natural key, may be empty
    code        BIGINT NOT NULL,
    title       TEXT NOT NULL,
    raw         TEXT NOT NULL,
    PRIMARY KEY (business_id, number_id, wamid, digest)
) /*without rowid*/;
INSERT INTO reported_status (business_id, number_id, wamid, digest, wire, at, recipient, code, title, raw)
    SELECT business_id, number_id, wamid, wire || ' ' || at || ' ' || recipient, wire, at, recipient, code, title, raw FROM status_report;
DROP TABLE status_report;
ALTER TABLE reported_status RENAME TO status_report;

UPDATE schema_floor SET version = 2;
