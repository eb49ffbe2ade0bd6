-- +goose Up

-- The language a person is written to in.
ALTER TABLE person ADD COLUMN locale TEXT NOT NULL DEFAULT 'en';

-- What a Business's people are told. (The table notice holds what Meta told us.)
CREATE TABLE owner_notice (
    business_id TEXT NOT NULL,
    id          TEXT NOT NULL,              -- made from the journal's position, so that telling twice is telling once
    kind        TEXT NOT NULL,
    number_id   TEXT NOT NULL DEFAULT '',
    about       TEXT NOT NULL DEFAULT '',    -- of a sync: contacts, history
    level       BIGINT NOT NULL DEFAULT 0,
    reason      TEXT NOT NULL DEFAULT '',
    at          BIGINT NOT NULL,
    until       BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (business_id, id)
) /*without rowid*/;
CREATE INDEX owner_notice_recent ON owner_notice (business_id, at, id);

-- Who has read which: a person, or a key.
CREATE TABLE owner_notice_read (
    business_id TEXT NOT NULL,
    notice_id   TEXT NOT NULL,
    reader      TEXT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (business_id, notice_id, reader)
) /*without rowid*/;

-- Where a notice goes outside the screen, one row per channel and recipient.
CREATE TABLE notice_delivery (
    business_id TEXT NOT NULL,
    notice_id   TEXT NOT NULL,
    channel     TEXT NOT NULL,              -- mail, hook, template
    recipient   TEXT NOT NULL,              -- address, URL, digits
    locale      TEXT NOT NULL,
    state       TEXT NOT NULL,              -- due, sent, failed, gave_up, withdrawn
    attempts    BIGINT NOT NULL DEFAULT 0,
    unanswered  BIGINT NOT NULL DEFAULT 0,  -- attempts begun, of whose end nothing is known
    next_at     BIGINT NOT NULL,            -- 0: never again
    settled_at  BIGINT NOT NULL DEFAULT 0,
    reason      TEXT NOT NULL DEFAULT '',
    message_id  TEXT NOT NULL DEFAULT '',   -- of a template: the message it became
    PRIMARY KEY (business_id, notice_id, channel, recipient)
) /*without rowid*/;
CREATE INDEX notice_delivery_due ON notice_delivery (business_id, channel, next_at) WHERE state = 'due';

-- Where a Business wants its notices.
CREATE TABLE notice_setting (
    business_id TEXT NOT NULL PRIMARY KEY,
    mail        BIGINT NOT NULL             -- 0: no e-mail
);
-- The owner's private number, written to when a Number's phone is silent.
CREATE TABLE notice_private (
    business_id TEXT NOT NULL,
    number_id   TEXT NOT NULL,              -- whose reminders
    phone       TEXT NOT NULL,              -- digits
    template    TEXT NOT NULL,
    language    TEXT NOT NULL,
    sender      TEXT NOT NULL,              -- the Number it is sent from
    PRIMARY KEY (business_id, number_id)
) /*without rowid*/;

-- +goose Down
SELECT 1;
