-- What restores gave another name, because its own was taken.

CREATE TABLE run_renamed (
    run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    path BLOB NOT NULL CHECK (length(path) > 0),
    name BLOB NOT NULL CHECK (length(name) > 0),
    PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;
