-- +goose Up

-- The two-step code of a number that is the API's alone, sealed: Meta asks for
-- it whenever the number is registered anew.
ALTER TABLE number ADD COLUMN pin_sealed BYTEA;

-- Countries whose opening a Business wants to be told of.
CREATE TABLE country_watch (
    business_id TEXT NOT NULL,
    id          TEXT NOT NULL,
    country     TEXT NOT NULL,
    number      TEXT NOT NULL,              -- as it was checked; read aloud to the one who asked
    by_person   TEXT NOT NULL,
    asked_at    BIGINT NOT NULL,
    opened_at   BIGINT NOT NULL DEFAULT 0,  -- 0: not yet
    opened_from TEXT NOT NULL DEFAULT '',   -- the day the rule holds from
    source      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (business_id, id)
) /*without rowid*/;
CREATE UNIQUE INDEX country_watch_number ON country_watch (business_id, number);

-- +goose Down
SELECT 1;
