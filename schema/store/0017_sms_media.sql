-- Pictures that go with messages.

CREATE TABLE sms_media (
  -- 128 random bits, hex.
  id TEXT NOT NULL PRIMARY KEY,
  site_id BIGINT NOT NULL REFERENCES site (id),
  content_type TEXT NOT NULL CHECK (content_type IN ('image/jpeg', 'image/png', 'image/gif')),
  bytes BIGINT NOT NULL,
  -- Sealed; base64, without what does not show of it: places, times, devices, notes.
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  -- When the last message that it goes with expires.
  needed_until BIGINT NOT NULL
);

-- JSON: ids of its pictures. NULL where it has none.
ALTER TABLE sms_message ADD COLUMN media TEXT;
