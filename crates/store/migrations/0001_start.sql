-- Ids are UUIDs as text, times milliseconds since 1970 in UTC, paths the bytes
-- the operating system uses. docs/formats/store.md says what each column means.

PRAGMA application_id = 0x4b535444; -- "KSTD"

CREATE TABLE installation (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    machine_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    kit_saved_at INTEGER,
    kit_confirmed_at INTEGER,
    first_success_at INTEGER
) STRICT;

CREATE TABLE setting (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE key_slot (
    kind TEXT NOT NULL PRIMARY KEY CHECK (kind IN ('passphrase', 'keychain')),
    content BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE credential (
    id TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE destination (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    kind TEXT NOT NULL CHECK (kind IN ('local')),
    path BLOB NOT NULL CHECK (length(path) > 0),
    marker_id TEXT NOT NULL,
    file_system TEXT,
    device TEXT,
    off_disk INTEGER CHECK (off_disk IN (0, 1)),
    removable INTEGER NOT NULL CHECK (removable IN (0, 1)),
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER,
    last_copy_at INTEGER,
    capacity_total INTEGER CHECK (capacity_total >= 0),
    capacity_free INTEGER CHECK (capacity_free >= 0)
) STRICT;

CREATE TABLE plan (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    description TEXT NOT NULL,
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    paused_until INTEGER,
    time_zone TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE plan_source (
    plan_id TEXT NOT NULL REFERENCES plan (id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    path BLOB NOT NULL CHECK (length(path) > 0),
    PRIMARY KEY (plan_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_exclude (
    plan_id TEXT NOT NULL REFERENCES plan (id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    pattern TEXT NOT NULL,
    PRIMARY KEY (plan_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_target (
    id TEXT NOT NULL PRIMARY KEY,
    plan_id TEXT NOT NULL REFERENCES plan (id) ON DELETE CASCADE,
    destination_id TEXT NOT NULL REFERENCES destination (id) ON DELETE RESTRICT,
    kind TEXT NOT NULL CHECK (kind IN ('encrypted', 'readable')),
    position INTEGER NOT NULL CHECK (position >= 0),
    schedule TEXT CHECK (json_valid(schedule)),
    retention TEXT CHECK (json_valid(retention)),
    UNIQUE (plan_id, destination_id, kind)
) STRICT;
CREATE INDEX plan_target_destination ON plan_target (destination_id);

CREATE TABLE run (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL
        CHECK (kind IN ('backup', 'restore', 'verify', 'prune', 'drill', 'copy')),
    plan_id TEXT REFERENCES plan (id) ON DELETE SET NULL,
    plan_name TEXT NOT NULL,
    target_id TEXT REFERENCES plan_target (id) ON DELETE SET NULL,
    destination_id TEXT REFERENCES destination (id) ON DELETE SET NULL,
    destination_name TEXT NOT NULL,
    group_id TEXT NOT NULL,
    trigger TEXT NOT NULL
        CHECK (trigger IN ('manual', 'command', 'schedule', 'change', 'resume')),
    status TEXT NOT NULL DEFAULT 'PENDING' CHECK (status IN (
        'PENDING', 'RUNNING', 'UPLOADING', 'ROTATING',
        'SUCCESS', 'PARTIAL_SUCCESS', 'FAILED', 'CANCELLED')),
    cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
    queued_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    files_total INTEGER CHECK (files_total >= 0),
    files_done INTEGER NOT NULL DEFAULT 0 CHECK (files_done >= 0),
    files_new INTEGER NOT NULL DEFAULT 0 CHECK (files_new >= 0),
    files_changed INTEGER NOT NULL DEFAULT 0 CHECK (files_changed >= 0),
    files_unmodified INTEGER NOT NULL DEFAULT 0 CHECK (files_unmodified >= 0),
    files_skipped INTEGER NOT NULL DEFAULT 0 CHECK (files_skipped >= 0),
    bytes_total INTEGER CHECK (bytes_total >= 0),
    bytes_done INTEGER NOT NULL DEFAULT 0 CHECK (bytes_done >= 0),
    bytes_added INTEGER NOT NULL DEFAULT 0 CHECK (bytes_added >= 0),
    bytes_stored INTEGER NOT NULL DEFAULT 0 CHECK (bytes_stored >= 0),
    snapshot_id TEXT,
    verified INTEGER NOT NULL DEFAULT 0 CHECK (verified IN (0, 1)),
    request TEXT CHECK (json_valid(request)),
    progress TEXT CHECK (json_valid(progress)),
    error_code TEXT,
    error_message TEXT,
    error_hint TEXT,
    CHECK ((ended_at IS NULL) = (status IN ('PENDING', 'RUNNING', 'UPLOADING', 'ROTATING'))),
    CHECK (started_at IS NOT NULL OR status NOT IN ('RUNNING', 'UPLOADING', 'ROTATING')),
    CHECK ((error_code IS NULL) = (error_message IS NULL)),
    CHECK (error_code IS NOT NULL OR error_hint IS NULL)
) STRICT;
CREATE INDEX run_queued ON run (queued_at, id);
CREATE INDEX run_unfinished ON run (queued_at, id) WHERE ended_at IS NULL;
CREATE INDEX run_target ON run (target_id, kind, queued_at, id);
CREATE INDEX run_plan ON run (plan_id, queued_at, id);
CREATE INDEX run_destination ON run (destination_id, queued_at, id);

CREATE TABLE run_log (
    run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('info', 'warning', 'error')),
    message TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_log_at ON run_log (at, run_id, seq);

CREATE TABLE run_skipped (
    run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    path BLOB NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    accepted INTEGER NOT NULL DEFAULT 0 CHECK (accepted IN (0, 1)),
    PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_skipped_reason ON run_skipped (run_id, reason, seq);
CREATE INDEX run_skipped_path ON run_skipped (run_id, path);

CREATE TABLE lease (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    holder TEXT NOT NULL,
    pid INTEGER NOT NULL,
    acquired_at INTEGER NOT NULL,
    renewed_at INTEGER NOT NULL
) STRICT;
