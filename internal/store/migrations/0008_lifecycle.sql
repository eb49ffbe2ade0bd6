-- +goose Up

-- Why a number stands at its stage, in the words of the news that put it there.
ALTER TABLE number ADD COLUMN stage_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE number ADD COLUMN stage_agent TEXT NOT NULL DEFAULT '';

-- +goose Down
SELECT 1;
