-- +goose Up

-- Numbers on their way in. What Meta gave stands sealed until the number is in.
CREATE TABLE onboarding (
    business_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    mode            TEXT NOT NULL,          -- coexistence, cloud
    step            TEXT NOT NULL,
    by_person       TEXT NOT NULL,
    begun_at        BIGINT NOT NULL,
    waba_id         TEXT NOT NULL DEFAULT '',
    hint            TEXT NOT NULL DEFAULT '', -- the phone number id that the browser named
    phone_number_id TEXT NOT NULL DEFAULT '',
    number_id       TEXT NOT NULL DEFAULT '',
    among           TEXT NOT NULL DEFAULT '[]', -- numbers to choose from
    missing         TEXT NOT NULL DEFAULT '[]', -- webhook fields
    code            BIGINT NOT NULL DEFAULT 0,
    title           TEXT NOT NULL DEFAULT '',
    reason          TEXT NOT NULL DEFAULT '',
    tries           BIGINT NOT NULL DEFAULT 0,
    next_at         BIGINT NOT NULL,        -- 0: not by itself
    version         BIGINT NOT NULL DEFAULT 0,
    secret_sealed   BYTEA,
    PRIMARY KEY (business_id, id)
) /*without rowid*/;

-- What the phone was asked for, once per kind and onboarding.
CREATE TABLE phone_sync (
    business_id TEXT NOT NULL,
    number_id   TEXT NOT NULL,
    kind        TEXT NOT NULL,              -- contacts, history
    began       BIGINT NOT NULL,            -- of the onboarding: the clock runs from here
    state       TEXT NOT NULL,
    asked_at    BIGINT NOT NULL DEFAULT 0,
    accepted_at BIGINT NOT NULL DEFAULT 0,
    heard_at    BIGINT NOT NULL DEFAULT 0,
    request_id  TEXT NOT NULL DEFAULT '',
    tries       BIGINT NOT NULL DEFAULT 0,
    progress    BIGINT NOT NULL DEFAULT 0,
    phase       BIGINT NOT NULL DEFAULT -1,
    code        BIGINT NOT NULL DEFAULT 0,
    title       TEXT NOT NULL DEFAULT '',
    next_at     BIGINT NOT NULL,            -- 0: not by itself
    PRIMARY KEY (business_id, number_id, kind, began)
) /*without rowid*/;

-- +goose Down
SELECT 1;
