-- Messages that wait for a person to look at them are found by a time of their own: the words of each decision in the
-- queue were looked through for them.

-- Since when it waits for a person to look at its text or pictures; NULL where it does not.
ALTER TABLE sms_message ADD COLUMN held_at BIGINT;

UPDATE sms_message
SET held_at = created_at
WHERE status = 'queued'
  AND is_approved = 0
  AND text_index IS NOT NULL
  AND (decision LIKE '%"text-unclear"%' OR decision LIKE '%"media-unseen"%');

CREATE INDEX sms_message_held ON sms_message (program_id, text_index) WHERE held_at IS NOT NULL;

-- The same for answers that a person is to read: what was answered before is not gone through.
CREATE INDEX sms_inbound_waits ON sms_inbound (sender_id, received_at) WHERE meaning = 'unclear' AND settled_at IS NULL;
