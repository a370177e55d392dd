-- A row in every table of version 1, as that version wrote them.
UPDATE installation SET kit_saved_at = 1790000001000, first_success_at = 1790000002000;
INSERT INTO setting VALUES ('theme', 'dark');
INSERT INTO key_slot VALUES ('passphrase', x'00ff', 1790000000000);
INSERT INTO credential VALUES ('vault', x'ff00', 1790000000000, 1790000000000);
INSERT INTO destination (id, name, kind, path, marker_id, file_system, device, off_disk, removable,
    created_at, last_seen_at, last_copy_at, capacity_total, capacity_free)
VALUES ('00000000-0000-4000-8000-0000000000d1', 'Disk', 'local',
    x'2f6d65646961ff', 'marker', 'ext4', 'sdb', NULL, 1, 1790000000000, 1790000000000, NULL,
    4000000000000, 1);
INSERT INTO plan VALUES ('00000000-0000-4000-8000-0000000000a1', 'Documents', '', 1, NULL,
    'Europe/Zurich', 1790000000000, 1790000000000);
INSERT INTO plan_source VALUES ('00000000-0000-4000-8000-0000000000a1', 0, x'2f686f6d65');
INSERT INTO plan_exclude VALUES ('00000000-0000-4000-8000-0000000000a1', 0, '*.tmp');
INSERT INTO plan_target VALUES ('00000000-0000-4000-8000-0000000000b1',
    '00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000d1',
    'encrypted', 0, '{}', NULL);
INSERT INTO run (id, kind, plan_id, plan_name, target_id, destination_id, destination_name,
    group_id, trigger, status, queued_at, started_at, ended_at, snapshot_id, verified)
VALUES ('00000000-0000-4000-8000-0000000000c1', 'backup',
    '00000000-0000-4000-8000-0000000000a1', 'Documents',
    '00000000-0000-4000-8000-0000000000b1', '00000000-0000-4000-8000-0000000000d1', 'Disk',
    '00000000-0000-4000-8000-0000000000e1', 'schedule', 'SUCCESS', 1790000000000,
    1790000001000, 1790000002000, 'abc', 1);
INSERT INTO run_log VALUES ('00000000-0000-4000-8000-0000000000c1', 1, 1790000001000, 'info', 'Done');
INSERT INTO run_skipped VALUES ('00000000-0000-4000-8000-0000000000c1', 1, x'ff', 'permission', 'No', 0);
INSERT INTO lease VALUES (1, 'window', 42, 1790000000000, 1790000000000);
