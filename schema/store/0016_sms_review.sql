-- What a person decides about messages: texts that a rule asked to look at.

-- HMAC-SHA-256 of program and text as it is sent, under a key of its own: finds those that say the same, whomever they
-- are to. NULL for answers, questions for a YES, and what was queued before.
ALTER TABLE sms_message ADD COLUMN text_index TEXT;

CREATE INDEX sms_message_text ON sms_message (program_id, text_index) WHERE status = 'queued';

CREATE INDEX sms_message_dead ON sms_message (program_id, created_at) WHERE status = 'dead';

-- Texts that were found right, each for one program, word for word and for a time.
CREATE TABLE sms_approval (
  program_id TEXT NOT NULL REFERENCES sms_program (id),
  text_index TEXT NOT NULL,
  -- What is queued until then is approved; what comes later is looked at again.
  until BIGINT NOT NULL,
  reason TEXT NOT NULL,
  -- As the audit log names them.
  actor TEXT NOT NULL,
  approved_at BIGINT NOT NULL,
  PRIMARY KEY (program_id, text_index)
);
