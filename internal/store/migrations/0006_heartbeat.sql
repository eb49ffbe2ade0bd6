-- +goose Up

-- The last sign of life that cannot come from a linked computer.
ALTER TABLE number ADD COLUMN sure_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE number ADD COLUMN sure_kind TEXT NOT NULL DEFAULT '';
UPDATE number SET sure_at = alive_at, sure_kind = alive_kind WHERE alive_grade IN ('strong', 'fair');

-- Reminders that the owner was given, once per level and silence.
CREATE TABLE reminder (
    business_id TEXT NOT NULL,
    number_id   TEXT NOT NULL,
    since       BIGINT NOT NULL,            -- the sign of life after which the silence began
    level       BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (business_id, number_id, since, level)
) /*without rowid*/;

-- +goose Down
SELECT 1;
