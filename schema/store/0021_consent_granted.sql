-- Which categories were granted, and whether under Global Privacy Control. Apart from consent_count, so that no row says
-- this of a country or a language. A row is a sum; no row is about anybody. Choices made before are not in it.

CREATE TABLE consent_granted_count (
  site_id BIGINT NOT NULL REFERENCES site (id),
  -- Day of the site, `2026-11-24`.
  day TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'rejected', 'custom', 'withdrawn', 'objected')),
  -- What is in force by the choice, `performance+targeting`; `none` for nothing.
  granted TEXT NOT NULL,
  -- Whether the browser sent the signal.
  gpc BIGINT NOT NULL CHECK (gpc IN (0, 1)),
  count BIGINT NOT NULL,
  PRIMARY KEY (site_id, day, outcome, granted, gpc)
);
