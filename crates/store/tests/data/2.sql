-- A row in every table that version 2 added.
INSERT INTO run_renamed VALUES ('00000000-0000-4000-8000-0000000000c1', 1, x'2f61ff', x'6120ff');
