-- Destinations that are no folder of this machine: what was said about them,
-- without secrets, which lie among the credentials. `vault` is the folder of the
-- repository in a destination; empty where the destination itself is one.

CREATE TABLE destination_anew (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    kind TEXT NOT NULL CHECK (kind <> ''),
    path BLOB CHECK (length(path) > 0),
    settings TEXT CHECK (json_valid(settings)),
    preset TEXT,
    marker_id TEXT NOT NULL,
    vault TEXT NOT NULL DEFAULT 'vault',
    file_system TEXT,
    device TEXT,
    off_disk INTEGER CHECK (off_disk IN (0, 1)),
    removable INTEGER NOT NULL CHECK (removable IN (0, 1)),
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER,
    last_copy_at INTEGER,
    capacity_total INTEGER CHECK (capacity_total >= 0),
    capacity_free INTEGER CHECK (capacity_free >= 0),
    stored_bytes INTEGER CHECK (stored_bytes >= 0),
    reclaimable_bytes INTEGER CHECK (reclaimable_bytes >= 0),
    latency_ms INTEGER CHECK (latency_ms >= 0),
    measured_at INTEGER
        CHECK ((measured_at IS NULL) = (stored_bytes IS NULL)
            AND (stored_bytes IS NOT NULL OR reclaimable_bytes IS NULL)),
    CHECK ((kind = 'local') = (path IS NOT NULL)),
    CHECK ((kind = 'local') = (settings IS NULL)),
    CHECK (kind <> 'local' OR preset IS NULL)
) STRICT;

INSERT INTO destination_anew (
    id, name, kind, path, marker_id, vault, file_system, device, off_disk, removable, created_at,
    last_seen_at, last_copy_at, capacity_total, capacity_free, stored_bytes, reclaimable_bytes,
    measured_at)
SELECT
    id, name, kind, path, marker_id, 'vault', file_system, device, off_disk, removable, created_at,
    last_seen_at, last_copy_at, capacity_total, capacity_free, stored_bytes, reclaimable_bytes,
    measured_at
FROM destination;

DROP TABLE destination;
ALTER TABLE destination_anew RENAME TO destination;
