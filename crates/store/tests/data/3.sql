-- What version 3 added: a run that is under way and paused.
INSERT INTO run (id, kind, plan_name, destination_name, group_id, trigger, status, queued_at,
    started_at, paused)
VALUES ('00000000-0000-4000-8000-0000000000c3', 'backup', 'Documents', 'Disk',
    '00000000-0000-4000-8000-0000000000e3', 'manual', 'UPLOADING', 1790000003000,
    1790000004000, 1);
