-- The proof of consent: one chain of rows for each site, what was shown, signed heads, and receipts. Append-only but
-- for receipts, whose rows are deleted when they are erased, and counts, which are sums.
-- Times are ISO 8601 texts in UTC, as they are hashed and signed; hashes are SHA-256 in base64url.

CREATE TABLE consent_ledger (
  site_id BIGINT NOT NULL REFERENCES site (id),
  -- 1, 2, 3, … without a gap. The key keeps two writers from continuing the chain at the same place.
  seq BIGINT NOT NULL,
  -- To the second; to the day where no receipt belongs to the row.
  time TEXT NOT NULL,
  event TEXT NOT NULL CHECK (event IN ('given', 'refused', 'withdrawn', 'changed', 'objected', 'erased')),
  -- How and where it was chosen; absent where a receipt was erased.
  action TEXT,
  source TEXT,
  -- Categories, separated by commas; empty for none.
  granted TEXT NOT NULL,
  denied TEXT NOT NULL,
  -- The policy that was shown, the notice that was, and its language.
  revision BIGINT NOT NULL,
  policy_hash TEXT NOT NULL,
  notice_hash TEXT,
  locale TEXT,
  -- ISO 3166-1 alpha-2, or `unknown`.
  jurisdiction TEXT NOT NULL,
  gpc BIGINT NOT NULL CHECK (gpc IN (0, 1)),
  -- Granted explicitly, after a notice, though Global Privacy Control is on.
  gpc_override BIGINT NOT NULL CHECK (gpc_override IN (0, 1)),
  -- Day from which the choice is asked for again; absent where a receipt was erased.
  until_day TEXT,
  -- SHA-256(salt ‖ receipt id); absent for whoever granted nothing. Without the salt it is nobody's.
  commitment TEXT,
  prev_hash TEXT NOT NULL,
  -- SHA-256(canonical JSON of the row ‖ prev_hash).
  row_hash TEXT NOT NULL,
  PRIMARY KEY (site_id, seq)
);

CREATE INDEX consent_ledger_commitment ON consent_ledger (commitment) WHERE commitment IS NOT NULL;

-- The only way from a receipt's id to rows of the ledger. Erasing a receipt deletes its row here and nothing else.
CREATE TABLE consent_receipt (
  -- 128 random bits, base64url.
  id TEXT NOT NULL PRIMARY KEY,
  site_id BIGINT NOT NULL REFERENCES site (id),
  -- 128 random bits, base64url.
  salt TEXT NOT NULL,
  commitment TEXT NOT NULL
);

-- What rows of the ledger name by its hash: notices as shown, manifests as published.
CREATE TABLE consent_document (
  hash TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('notice', 'policy')),
  -- Canonical JSON.
  document TEXT NOT NULL
);

-- Signed statements of how far a site's chain reached at a time.
CREATE TABLE consent_head (
  site_id BIGINT NOT NULL REFERENCES site (id),
  seq BIGINT NOT NULL,
  row_hash TEXT NOT NULL,
  time TEXT NOT NULL,
  key_id TEXT NOT NULL,
  -- Ed25519, base64url.
  signature TEXT NOT NULL,
  PRIMARY KEY (site_id, seq)
);

-- How often was chosen what. A row is a sum; no row is about anybody.
CREATE TABLE consent_count (
  site_id BIGINT NOT NULL REFERENCES site (id),
  -- Day of the site, `2026-11-24`.
  day TEXT NOT NULL,
  -- Language and country of the request; empty where unknown.
  language TEXT NOT NULL,
  country TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('shown', 'accepted', 'rejected', 'custom', 'withdrawn', 'objected')),
  count BIGINT NOT NULL,
  PRIMARY KEY (site_id, day, language, country, outcome)
);
