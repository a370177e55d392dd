-- What version 4 added: how much a destination holds, and a verification that
-- came to its end.
UPDATE destination SET stored_bytes = 3000, reclaimable_bytes = 20, measured_at = 1790000005000;
INSERT INTO run (id, kind, plan_name, destination_id, destination_name, group_id, trigger, status,
    queued_at, started_at, ended_at, result)
VALUES ('00000000-0000-4000-8000-0000000000c4', 'verify', '',
    '00000000-0000-4000-8000-0000000000d1', 'Disk', '00000000-0000-4000-8000-0000000000e4',
    'manual', 'SUCCESS', 1790000005000, 1790000005000, 1790000006000,
    '{"kind":"verified","depth":"structure"}');
