-- +goose Up

-- Types: times are BIGINT microseconds UTC and always passed in; money BIGINT
-- micros; booleans BIGINT 0/1; JSON is TEXT and never queried. /*without rowid*/
-- is a hint that only SQLite's reading of this file gets.
-- business_id leads every key, except in delivery and in the directories that
-- find a business.

-- The lowest schema version a program must know to use this database.
CREATE TABLE schema_floor (
    version BIGINT NOT NULL
);
INSERT INTO schema_floor (version) VALUES (1);

-- ── The one table without a business: webhook requests as received ─────────
CREATE TABLE delivery (
    id          TEXT NOT NULL PRIMARY KEY,
    node        TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    app         TEXT NOT NULL,            -- whose secret signed it
    sha256      BYTEA NOT NULL,
    body        BYTEA NOT NULL,
    state       TEXT NOT NULL,            -- kept, split, unknown, parked
    items       BIGINT NOT NULL DEFAULT 0,
    applied     BIGINT NOT NULL DEFAULT 0,
    duplicates  BIGINT NOT NULL DEFAULT 0,
    parked      BIGINT NOT NULL DEFAULT 0,
    unknown     BIGINT NOT NULL DEFAULT 0,
    reason      TEXT NOT NULL DEFAULT '',
    exceptions  TEXT NOT NULL DEFAULT '[]' -- what was not simply applied: positions and reasons, no content
) /*without rowid*/;
CREATE INDEX delivery_kept ON delivery (id) WHERE state = 'kept';
CREATE INDEX delivery_unusual ON delivery (state, id) WHERE state IN ('unknown', 'parked');

-- ── Directories: they find a business ──────────────────────────────────────
CREATE TABLE business (
    business_id TEXT NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    time_zone   TEXT NOT NULL DEFAULT 'UTC',
    created_at  BIGINT NOT NULL
);
CREATE TABLE number_directory (
    phone_number_id TEXT NOT NULL PRIMARY KEY,
    business_id     TEXT NOT NULL,
    number_id       TEXT NOT NULL
);
CREATE TABLE waba_directory (
    waba_id     TEXT NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL
);
CREATE TABLE sign_in (
    email       TEXT NOT NULL PRIMARY KEY, -- lower case
    business_id TEXT NOT NULL,
    person_id   TEXT NOT NULL
);
CREATE TABLE session (
    token_hash  BYTEA NOT NULL PRIMARY KEY,
    business_id TEXT NOT NULL,
    person_id   TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);
CREATE INDEX session_person ON session (business_id, person_id);
CREATE TABLE api_key (
    key_hash     BYTEA NOT NULL PRIMARY KEY,
    business_id  TEXT NOT NULL,
    id           TEXT NOT NULL,
    name         TEXT NOT NULL,
    scopes       TEXT NOT NULL,            -- JSON list
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL DEFAULT 0,
    revoked_at   BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX api_key_id ON api_key (business_id, id);

-- ── Nodes ──────────────────────────────────────────────────────────────────
CREATE TABLE node (
    id         TEXT NOT NULL PRIMARY KEY,
    beat       BIGINT NOT NULL,            -- a counter; others watch whether it moves
    started_at BIGINT NOT NULL,
    stopped_at BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE assignment (
    business_id TEXT NOT NULL PRIMARY KEY,
    node        TEXT NOT NULL,
    epoch       BIGINT NOT NULL            -- only grows
);
CREATE TABLE due (
    bucket      BIGINT NOT NULL,
    business_id TEXT NOT NULL,
    work        TEXT NOT NULL,             -- send, react, history
    at          BIGINT NOT NULL,
    PRIMARY KEY (bucket, business_id, work)
) /*without rowid*/;
CREATE INDEX due_at ON due (bucket, at);

-- ── People ─────────────────────────────────────────────────────────────────
CREATE TABLE person (
    business_id   TEXT NOT NULL,
    id            TEXT NOT NULL,
    email         TEXT NOT NULL,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL,           -- owner, admin, agent
    operator      BIGINT NOT NULL DEFAULT 0,
    password_hash TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    disabled_at   BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (business_id, id)
);
CREATE TABLE idempotency (
    business_id TEXT NOT NULL,
    key         TEXT NOT NULL,             -- who asked, and the key they chose
    fingerprint BYTEA NOT NULL,            -- of method, path and body
    status      BIGINT NOT NULL DEFAULT 0, -- 0 while the first request is still being answered
    body        BYTEA,
    at          BIGINT NOT NULL,
    PRIMARY KEY (business_id, key)
) /*without rowid*/;
CREATE INDEX idempotency_at ON idempotency (business_id, at);

-- ── Numbers ────────────────────────────────────────────────────────────────
CREATE TABLE number (
    business_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    phone_number_id TEXT NOT NULL,
    waba_id         TEXT NOT NULL,
    display         TEXT NOT NULL,         -- as people write it
    digits          TEXT NOT NULL,
    country         TEXT NOT NULL DEFAULT '',
    name            TEXT NOT NULL DEFAULT '',
    mode            TEXT NOT NULL,         -- coexistence, cloud
    stage           TEXT NOT NULL,         -- live, suspended, disconnected
    stage_at        BIGINT NOT NULL,       -- Meta's time of the news that set it
    stage_by        TEXT NOT NULL DEFAULT 'ONBOARDED', -- the event that did
    mps             BIGINT NOT NULL DEFAULT 0, -- 0: the dated rule of the country
    token_sealed    BYTEA,
    onboarded_at    BIGINT NOT NULL,
    alive_at        BIGINT NOT NULL DEFAULT 0, -- last sign of life of the phone
    alive_grade     TEXT NOT NULL DEFAULT '',
    alive_kind      TEXT NOT NULL DEFAULT '',
    cool_until      BIGINT NOT NULL DEFAULT 0, -- after 130429, 80007
    cool_tries      BIGINT NOT NULL DEFAULT 0,
    stopped         TEXT NOT NULL DEFAULT '',  -- why nothing is sent until a person acts
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (business_id, id)
);

-- ── Contacts ───────────────────────────────────────────────────────────────
CREATE TABLE contact (
    business_id  TEXT NOT NULL,
    id           TEXT NOT NULL,
    phone        TEXT NOT NULL DEFAULT '', -- digits as Meta last wrote them
    phone_at     BIGINT NOT NULL DEFAULT 0,
    name         TEXT NOT NULL DEFAULT '', -- the profile's own
    name_at      BIGINT NOT NULL DEFAULT 0,
    username     TEXT NOT NULL DEFAULT '',
    username_at  BIGINT NOT NULL DEFAULT 0,
    book_name    TEXT NOT NULL DEFAULT '', -- in the phone's address book
    book_at      BIGINT NOT NULL DEFAULT 0,
    marketing    TEXT NOT NULL DEFAULT '', -- in, out
    marketing_at BIGINT NOT NULL DEFAULT 0,
    folded       TEXT NOT NULL DEFAULT '', -- names and numbers, folded for search
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (business_id, id)
) /*without rowid*/;
CREATE TABLE identity (
    business_id TEXT NOT NULL,
    natural_key TEXT NOT NULL,             -- bsuid:…, phone:… (canonical spelling)
    contact_id  TEXT NOT NULL,
    PRIMARY KEY (business_id, natural_key)
) /*without rowid*/;
CREATE INDEX identity_contact ON identity (business_id, contact_id);

-- ── Conversations and messages ─────────────────────────────────────────────
CREATE TABLE conversation (
    business_id  TEXT NOT NULL,
    id           TEXT NOT NULL,
    number_id    TEXT NOT NULL,
    contact_id   TEXT NOT NULL,
    opened_at    BIGINT NOT NULL DEFAULT 0, -- last live customer message: the window
    seen_at      BIGINT NOT NULL DEFAULT 0, -- read or answered by a person up to here
    last_at      BIGINT NOT NULL DEFAULT 0, -- order of the list
    last_message TEXT NOT NULL DEFAULT '',  -- message id; the greatest by (at, direction, wamid)
    last_order   TEXT NOT NULL DEFAULT '',
    handler      TEXT NOT NULL DEFAULT '',  -- '', phone, person
    handler_at   BIGINT NOT NULL DEFAULT 0, -- when the act that set it happened
    handler_until BIGINT NOT NULL DEFAULT 0,
    handler_reason TEXT NOT NULL DEFAULT '',
    handler_epoch BIGINT NOT NULL DEFAULT 0,
    assignee     TEXT NOT NULL DEFAULT '',
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (business_id, id)
) /*without rowid*/;
CREATE UNIQUE INDEX conversation_pair ON conversation (business_id, contact_id, number_id);
CREATE INDEX conversation_recent ON conversation (business_id, last_at, id);

CREATE TABLE message (
    business_id     TEXT NOT NULL,
    id              TEXT NOT NULL,
    number_id       TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    contact_id      TEXT NOT NULL,
    wamid           TEXT,                  -- null until Meta accepts what we send
    direction       TEXT NOT NULL,
    origin          TEXT NOT NULL,
    provenance      TEXT NOT NULL,
    type            TEXT NOT NULL,
    status          TEXT NOT NULL,
    at              BIGINT NOT NULL,
    reply_to        TEXT NOT NULL DEFAULT '',
    author_id       TEXT NOT NULL DEFAULT '',
    author_name     TEXT NOT NULL DEFAULT '',
    edits           BIGINT NOT NULL DEFAULT 0,
    revoked_at      BIGINT NOT NULL DEFAULT 0,
    code            BIGINT NOT NULL DEFAULT 0, -- Meta's, of a failure
    code_title      TEXT NOT NULL DEFAULT '',
    note            TEXT NOT NULL DEFAULT '',  -- why it is held, or needs a person
    PRIMARY KEY (business_id, id)
) /*without rowid*/;
CREATE UNIQUE INDEX message_wamid ON message (business_id, number_id, wamid);
CREATE INDEX message_thread ON message (business_id, conversation_id, at, direction, wamid);

-- Text lives here and nowhere else.
CREATE TABLE message_body (
    business_id TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    content     TEXT NOT NULL,             -- the Cloud API's message object
    text        TEXT NOT NULL,
    PRIMARY KEY (business_id, message_id)
) /*without rowid*/;
-- What a message read like after an edit. Keyed by the original's WAMID, since
-- the edit may come first.
CREATE TABLE message_version (
    business_id TEXT NOT NULL,
    number_id   TEXT NOT NULL,
    wamid       TEXT NOT NULL,             -- of the original
    edit_wamid  TEXT NOT NULL,
    at          BIGINT NOT NULL,
    side        TEXT NOT NULL,
    content     TEXT NOT NULL,
    text        TEXT NOT NULL,
    PRIMARY KEY (business_id, number_id, wamid, edit_wamid)
) /*without rowid*/;
CREATE TABLE revocation (
    business_id  TEXT NOT NULL,
    number_id    TEXT NOT NULL,
    wamid        TEXT NOT NULL,            -- of the original
    revoke_wamid TEXT NOT NULL,
    at           BIGINT NOT NULL,
    side         TEXT NOT NULL,
    PRIMARY KEY (business_id, number_id, wamid, revoke_wamid)
) /*without rowid*/;
-- Every emoji ever put or taken away; shown is the latest of each side.
CREATE TABLE reaction (
    business_id    TEXT NOT NULL,
    number_id      TEXT NOT NULL,
    target         TEXT NOT NULL,          -- WAMID of the message reacted to
    reaction_wamid TEXT NOT NULL,
    contact_id     TEXT NOT NULL,
    side           TEXT NOT NULL,
    at             BIGINT NOT NULL,
    emoji          TEXT NOT NULL,
    PRIMARY KEY (business_id, number_id, target, reaction_wamid)
) /*without rowid*/;
CREATE TABLE status_report (
    business_id TEXT NOT NULL,
    number_id   TEXT NOT NULL,
    wamid       TEXT NOT NULL,
    wire        TEXT NOT NULL,             -- as Meta wrote it: sent, played, …
    at          BIGINT NOT NULL,
    recipient   TEXT NOT NULL,             -- natural key, may be empty
    code        BIGINT NOT NULL,
    title       TEXT NOT NULL,
    raw         TEXT NOT NULL,
    PRIMARY KEY (business_id, number_id, wamid, wire, at, recipient)
) /*without rowid*/;
CREATE INDEX reaction_contact ON reaction (business_id, contact_id);
-- What Meta told us that is not a message: accounts, numbers, templates,
-- preferences, system notes, errors, and whatever we have no word for.
CREATE TABLE notice (
    business_id TEXT NOT NULL,
    digest      BYTEA NOT NULL,            -- of everything that tells it from others
    kind        TEXT NOT NULL,
    number_id   TEXT NOT NULL DEFAULT '',
    contact_id  TEXT NOT NULL DEFAULT '',
    at          BIGINT NOT NULL,
    field       TEXT NOT NULL,
    event       TEXT NOT NULL,
    raw         TEXT NOT NULL,
    PRIMARY KEY (business_id, digest)
) /*without rowid*/;
CREATE INDEX notice_contact ON notice (business_id, contact_id);
CREATE TABLE history_chunk (
    business_id TEXT NOT NULL,
    number_id   TEXT NOT NULL,
    digest      BYTEA NOT NULL,
    phase       BIGINT NOT NULL,
    chunk_order BIGINT NOT NULL,
    progress    BIGINT NOT NULL,
    messages    BIGINT NOT NULL,
    PRIMARY KEY (business_id, number_id, digest)
) /*without rowid*/;
-- Fragments of deliveries that wait: history in its own lane, and what could
-- not be applied.
CREATE TABLE inbound (
    business_id TEXT NOT NULL,
    id          TEXT NOT NULL,
    lane        TEXT NOT NULL,             -- history
    state       TEXT NOT NULL,             -- waiting, parked
    delivery_id TEXT NOT NULL,
    part        BIGINT NOT NULL,           -- which event of the delivery
    done        BIGINT NOT NULL DEFAULT 0, -- messages of it already applied
    tries       BIGINT NOT NULL DEFAULT 0,
    reason      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (business_id, id)
) /*without rowid*/;
CREATE UNIQUE INDEX inbound_part ON inbound (business_id, delivery_id, part);

-- ── Journal ────────────────────────────────────────────────────────────────
CREATE TABLE journal_counter (
    business_id TEXT NOT NULL PRIMARY KEY,
    last        BIGINT NOT NULL
);
CREATE TABLE journal (
    business_id     TEXT NOT NULL,
    seq             BIGINT NOT NULL,
    at              BIGINT NOT NULL,
    kind            TEXT NOT NULL,
    number_id       TEXT NOT NULL,
    contact_id      TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    message_id      TEXT NOT NULL,
    facts           TEXT NOT NULL,
    PRIMARY KEY (business_id, seq)
) /*without rowid*/;
CREATE TABLE cursor (
    business_id TEXT NOT NULL,
    reaction    TEXT NOT NULL,
    seq         BIGINT NOT NULL,
    PRIMARY KEY (business_id, reaction)
) /*without rowid*/;
CREATE TABLE parked_entry (
    business_id TEXT NOT NULL,
    reaction    TEXT NOT NULL,
    seq         BIGINT NOT NULL,
    reason      TEXT NOT NULL,
    tries       BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (business_id, reaction, seq)
) /*without rowid*/;

-- ── Out ────────────────────────────────────────────────────────────────────
CREATE TABLE outbox_item (
    business_id     TEXT NOT NULL,
    id              TEXT NOT NULL,         -- the message's id; for a receipt an id of its own
    number_id       TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    contact_id      TEXT NOT NULL,
    kind            TEXT NOT NULL,         -- message, reaction, read
    lane            TEXT NOT NULL,
    state           TEXT NOT NULL,         -- queued, held, sending, in_doubt, needs_person, done
    order_at        BIGINT NOT NULL,       -- its place in the lane; a retry keeps it
    due_at          BIGINT NOT NULL,       -- not to be tried before; in doubt: when a person is asked
    origin          TEXT NOT NULL,
    handler_epoch   BIGINT NOT NULL DEFAULT 0, -- of the conversation when the draft was made
    target          TEXT NOT NULL DEFAULT '',  -- WAMID a receipt marks read; what else is said stands in message_body
    attempts        BIGINT NOT NULL DEFAULT 0,
    reason          TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (business_id, id)
) /*without rowid*/;
CREATE INDEX outbox_due ON outbox_item (business_id, number_id, lane, order_at, id) WHERE state = 'queued';
CREATE INDEX outbox_soon ON outbox_item (business_id, number_id, due_at) WHERE state = 'queued';
CREATE INDEX outbox_held ON outbox_item (business_id, number_id) WHERE state = 'held';
CREATE INDEX outbox_doubt ON outbox_item (business_id, number_id, due_at) WHERE state = 'in_doubt';
CREATE INDEX outbox_conversation ON outbox_item (business_id, conversation_id);
CREATE INDEX outbox_open ON outbox_item (business_id, conversation_id) WHERE state IN ('queued', 'held', 'sending', 'in_doubt', 'needs_person');

CREATE TABLE attempt (
    business_id TEXT NOT NULL,
    id          TEXT NOT NULL,
    item_id     TEXT NOT NULL,
    number_id   TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    contact_id  TEXT NOT NULL,
    n           BIGINT NOT NULL,
    epoch       BIGINT NOT NULL,           -- of the assignment it was begun under
    started_at  BIGINT NOT NULL,
    deadline_at BIGINT NOT NULL,
    answered_at BIGINT NOT NULL DEFAULT 0,
    free_at     BIGINT NOT NULL,           -- its permit is taken until then
    outcome     TEXT,                      -- null while open; accepted, refused, again, in_doubt
    http        BIGINT NOT NULL DEFAULT 0,
    code        BIGINT NOT NULL DEFAULT 0,
    wamid       TEXT NOT NULL DEFAULT '',
    evidence    TEXT NOT NULL DEFAULT '',  -- response, status, person, crash
    client_opaque TEXT NOT NULL DEFAULT '', -- a pass-through client's own opaque data
    body_sha256 BYTEA NOT NULL,
    PRIMARY KEY (business_id, id)
) /*without rowid*/;
CREATE UNIQUE INDEX attempt_open ON attempt (business_id, item_id) WHERE outcome IS NULL;
CREATE UNIQUE INDEX attempt_road ON attempt (business_id, number_id, conversation_id) WHERE outcome IS NULL;
CREATE INDEX attempt_conversation ON attempt (business_id, conversation_id);
CREATE INDEX attempt_item ON attempt (business_id, item_id, n);
CREATE INDEX attempt_permit ON attempt (business_id, number_id, free_at);
-- Pairs that Meta told to slow down (131056).
CREATE TABLE pair_cooling (
    business_id     TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    number_id       TEXT NOT NULL,
    cool_until      BIGINT NOT NULL,
    cool_tries      BIGINT NOT NULL,
    PRIMARY KEY (business_id, conversation_id)
) /*without rowid*/;
CREATE INDEX pair_cooling_until ON pair_cooling (business_id, number_id, cool_until);

-- +goose Down
SELECT 1;
