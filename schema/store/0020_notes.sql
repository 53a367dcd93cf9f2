-- What people know of a day that its numbers do not tell: a launch, a mailing, an outage.

CREATE TABLE note (
  -- 64 random bits, hex: what it is removed by, and what the audit log names it by.
  id TEXT NOT NULL PRIMARY KEY,
  site_id BIGINT NOT NULL REFERENCES site (id),
  -- Day of the site, `2026-11-24`.
  day TEXT NOT NULL,
  -- Without addresses and long numbers.
  text TEXT NOT NULL,
  -- What whoever wrote it was then; who it was is in the audit log.
  author_role TEXT NOT NULL CHECK (author_role IN ('owner', 'analyst', 'consent_officer', 'sms_operator', 'auditor')),
  created_at BIGINT NOT NULL
);

CREATE INDEX note_site ON note (site_id, day);
