-- How much a destination holds, as it was last measured, and what a run that
-- verifies or cleans up came to.

ALTER TABLE destination ADD COLUMN stored_bytes INTEGER CHECK (stored_bytes >= 0);
ALTER TABLE destination ADD COLUMN reclaimable_bytes INTEGER CHECK (reclaimable_bytes >= 0);
ALTER TABLE destination ADD COLUMN measured_at INTEGER
    CHECK ((measured_at IS NULL) = (stored_bytes IS NULL)
        AND (stored_bytes IS NOT NULL OR reclaimable_bytes IS NULL));
ALTER TABLE run ADD COLUMN result TEXT
    CHECK (json_valid(result) AND (result IS NULL OR ended_at IS NOT NULL));
