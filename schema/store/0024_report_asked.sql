-- A question that no mail server has taken is asked again. Until now it was asked once, whatever became of it.

-- When a mail server took the question whether they want it. NULL: none has yet.
ALTER TABLE report_recipient ADD COLUMN asked_at BIGINT;

UPDATE report_recipient SET asked_at = created_at;
