-- +goose Up

-- Chats that were exported from the phone, on their way into a conversation.
CREATE TABLE chat_import (
    business_id       TEXT NOT NULL,
    id                TEXT NOT NULL,
    number_id         TEXT NOT NULL,
    name              TEXT NOT NULL,             -- of the file
    by_whom           TEXT NOT NULL,
    state             TEXT NOT NULL,             -- waiting, running, done, undoing, undone, expired
    created_at        BIGINT NOT NULL,
    confirmed_at      BIGINT NOT NULL DEFAULT 0,
    finished_at       BIGINT NOT NULL DEFAULT 0,
    answers           TEXT NOT NULL,
    preview           TEXT NOT NULL,             -- counts and names, no message
    handled           BIGINT NOT NULL DEFAULT 0, -- messages of the file looked at so far
    added             BIGINT NOT NULL DEFAULT 0,
    known             BIGINT NOT NULL DEFAULT 0,
    removed           BIGINT NOT NULL DEFAULT 0,
    kept              BIGINT NOT NULL DEFAULT 0,
    made_conversation TEXT NOT NULL DEFAULT '',  -- there was none before
    made_contact      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (business_id, id)
);
CREATE INDEX chat_import_number ON chat_import (business_id, number_id, created_at, id);
CREATE INDEX chat_import_open ON chat_import (business_id, state, id);

-- The chat's text while it waits, packed and sealed; gone when it is imported.
CREATE TABLE chat_import_text (
    business_id TEXT NOT NULL,
    import_id   TEXT NOT NULL,
    sealed      BYTEA NOT NULL,
    PRIMARY KEY (business_id, import_id)
);

-- What an import added, so that it can be taken back.
CREATE TABLE chat_import_message (
    business_id TEXT NOT NULL,
    import_id   TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    PRIMARY KEY (business_id, import_id, message_id)
) /*without rowid*/;

-- +goose Down
SELECT 1;
