-- +goose Up

-- What happened to one Number, in the order it became known here. The journal is
-- long and entries about Numbers in it are few.
CREATE INDEX journal_number ON journal (business_id, number_id, seq) WHERE kind IN ('account.changed', 'error.reported', 'history.declined', 'number.changed');

-- +goose Down
SELECT 1;
