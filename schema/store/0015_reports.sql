-- Reports and traffic alerts by e-mail: what is sent about a site, and to whom.

CREATE TABLE report (
  -- 64 random bits, hex: what it is listed and removed by, and what the audit log names it by.
  id TEXT NOT NULL PRIMARY KEY,
  site_id BIGINT NOT NULL REFERENCES site (id),
  kind TEXT NOT NULL CHECK (kind IN ('weekly', 'monthly', 'spike', 'drop')),
  language TEXT NOT NULL CHECK (language IN ('en', 'de')),
  -- Page views, of an alert: so many within half an hour, or fewer within a day. NULL for a report.
  threshold BIGINT,
  created_at BIGINT NOT NULL,
  -- When an alert was last told.
  told_at BIGINT,
  CHECK ((kind IN ('spike', 'drop')) = (threshold IS NOT NULL))
);

CREATE INDEX report_site ON report (site_id);

CREATE TABLE report_recipient (
  -- 64 random bits, hex.
  id TEXT NOT NULL PRIMARY KEY,
  report_id TEXT NOT NULL REFERENCES report (id) ON DELETE CASCADE,
  -- Sealed.
  email TEXT NOT NULL,
  -- HMAC-SHA-256 of the address under a key of its own: nobody is written to twice.
  email_index TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  -- NULL until the recipient has said yes. Who never does is forgotten after a week.
  confirmed_at BIGINT,
  -- The days of the last report that a mail server has taken, `2026-11-16..2026-11-22`.
  sent_for TEXT,
  -- Until when somebody is sending; after that it is tried again.
  sending_until BIGINT,
  UNIQUE (report_id, email_index)
);
