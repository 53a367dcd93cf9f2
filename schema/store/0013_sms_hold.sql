-- Legal holds: nothing of a subject is erased while one stands.

CREATE TABLE sms_hold (
  subject_id TEXT NOT NULL PRIMARY KEY REFERENCES sms_subject (id),
  -- Why, without a number in it.
  reason TEXT NOT NULL,
  -- As the audit log names them.
  actor TEXT NOT NULL,
  since BIGINT NOT NULL
);
