-- +goose Up

-- The files of messages: what Meta calls them, and where ours is.
CREATE TABLE message_file (
    business_id TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    number_id   TEXT NOT NULL,
    media_id    TEXT NOT NULL,
    kind        TEXT NOT NULL,              -- image, video, audio, document, sticker
    mime        TEXT NOT NULL,
    name        TEXT NOT NULL,              -- a document's
    told_sum    TEXT NOT NULL,              -- SHA-256 as announced, hex or base64
    lane        TEXT NOT NULL,              -- live, history
    state       TEXT NOT NULL,              -- wanted, stored, gone, refused, removed
    reason      TEXT NOT NULL DEFAULT '',
    tries       BIGINT NOT NULL DEFAULT 0,
    expires_at  BIGINT NOT NULL,            -- Meta's id is no use after this
    next_at     BIGINT NOT NULL DEFAULT 0,
    sha256      BYTEA,
    size        BIGINT NOT NULL DEFAULT 0,
    stored_at   BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (business_id, message_id)
) /*without rowid*/;
CREATE INDEX message_file_wanted ON message_file (business_id, lane, next_at) WHERE state = 'wanted';
CREATE INDEX message_file_stored ON message_file (business_id, stored_at) WHERE state = 'stored';
CREATE INDEX message_file_sum ON message_file (business_id, sha256);

-- +goose Down
SELECT 1;
