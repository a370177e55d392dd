-- What version 5 added, as it wrote it.
INSERT INTO destination (
    id, name, kind, settings, preset, marker_id, vault, off_disk, removable, created_at, latency_ms)
VALUES (
    '0e8cf0dd-93c5-4a1e-8f47-000000000005', 'Bucket', 's3',
    '{"bucket":"backups","region":"eu-central-1"}', 'aws', 'marker', '', 1, 0, 1790000000000, 38);
