-- Sites, keys and sign-in. Portable between SQLite and PostgreSQL: BIGINT, TEXT, RETURNING, ON CONFLICT.
-- Times are Unix milliseconds, claims are 0 or 1, days are text, `2026-11-24`.

CREATE TABLE site (
  -- 52 random bits. A row is never deleted, so an id is never given to another site.
  id BIGINT NOT NULL PRIMARY KEY,
  domain TEXT NOT NULL,
  timezone TEXT NOT NULL,
  -- A changed time zone waits here until the site's next local midnight.
  next_timezone TEXT,
  next_timezone_from BIGINT,
  pre_consent TEXT NOT NULL CHECK (pre_consent IN ('none', 'anonymous', 'auto')),
  subdomains BIGINT NOT NULL CHECK (subdomains IN (0, 1)),
  event_window_days BIGINT NOT NULL CHECK (event_window_days BETWEEN 2 AND 762),
  minimum_group BIGINT NOT NULL CHECK (minimum_group BETWEEN 1 AND 100),
  minimum_group_scope TEXT NOT NULL CHECK (minimum_group_scope IN ('close', 'all')),
  added_at BIGINT NOT NULL,
  removed_at BIGINT,
  CHECK ((next_timezone IS NULL) = (next_timezone_from IS NULL))
);

-- A removed site's domain may be added again, as a new site.
CREATE UNIQUE INDEX site_domain ON site (domain) WHERE removed_at IS NULL;

CREATE TABLE api_key (
  id TEXT NOT NULL PRIMARY KEY,
  site_id BIGINT NOT NULL REFERENCES site (id),
  scope TEXT NOT NULL CHECK (scope IN ('query', 'ingest', 'admin', 'sms')),
  -- SHA-256 of the whole key, hex. The key itself is 256 random bits and kept nowhere.
  key_hash TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  -- UTC day of the last use: fine enough to find keys nobody uses, too coarse to follow anybody.
  last_used_day TEXT,
  revoked_at BIGINT
);

CREATE INDEX api_key_site ON api_key (site_id);

CREATE TABLE sign_in_link (
  -- SHA-256 of the token, hex. The row is deleted when the link is used.
  token_hash TEXT NOT NULL PRIMARY KEY,
  expires_at BIGINT NOT NULL
);

CREATE TABLE session (
  -- SHA-256 of the session id, hex.
  id_hash TEXT NOT NULL PRIMARY KEY,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL
);
