-- Whether somebody has a run that is under way stand still.

ALTER TABLE run ADD COLUMN paused INTEGER NOT NULL DEFAULT 0
    CHECK (paused IN (0, 1) AND (paused = 0 OR status IN ('RUNNING', 'UPLOADING', 'ROTATING')));
