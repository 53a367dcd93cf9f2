-- Rows of the consent ledger go when their time has passed; a signed statement stands in place of each stretch, so that
-- the chain around it still verifies.

CREATE TABLE consent_removed (
  site_id BIGINT NOT NULL REFERENCES site (id),
  -- The rows that stood here, both included. Stretches that come to touch each other become one.
  from_seq BIGINT NOT NULL,
  to_seq BIGINT NOT NULL,
  -- Hash of the last of them, which the next row continues.
  row_hash TEXT NOT NULL,
  -- When it was signed, ISO 8601 to the second.
  time TEXT NOT NULL,
  key_id TEXT NOT NULL,
  -- Ed25519, base64url.
  signature TEXT NOT NULL,
  PRIMARY KEY (site_id, from_seq),
  UNIQUE (site_id, to_seq)
);

-- What to look at for rows whose time has passed, oldest first.
CREATE INDEX consent_ledger_unnamed ON consent_ledger (site_id, seq) WHERE commitment IS NULL;

CREATE INDEX consent_ledger_given ON consent_ledger (site_id, seq) WHERE event = 'given';
