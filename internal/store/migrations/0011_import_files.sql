-- +goose Up

-- The files of an exported chat that an import holds: from before their bytes are
-- kept until messages hold them, or, when it is undone, until they are gone.
CREATE TABLE chat_import_file (
    business_id TEXT NOT NULL,
    import_id   TEXT NOT NULL,
    name        TEXT NOT NULL,              -- as the chat names it; of an undone message, its id
    mime        TEXT NOT NULL,
    sha256      BYTEA NOT NULL,
    size        BIGINT NOT NULL,
    kept        BIGINT NOT NULL DEFAULT 0,  -- 1: all files of the import are in their place
    PRIMARY KEY (business_id, import_id, name)
) /*without rowid*/;
CREATE INDEX chat_import_file_sum ON chat_import_file (business_id, sha256);

ALTER TABLE chat_import ADD COLUMN files BIGINT NOT NULL DEFAULT 0; -- messages added with their file

-- +goose Down
SELECT 1;
