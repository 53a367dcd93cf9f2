-- A sender that was held back tries again by itself.

-- From when on it may send a few messages to try; NULL: a person decides.
ALTER TABLE sms_sender ADD COLUMN trial_at BIGINT;

-- Trials in a row that went badly: each makes the next one wait twice as long.
ALTER TABLE sms_sender ADD COLUMN relapses BIGINT NOT NULL DEFAULT 0;
