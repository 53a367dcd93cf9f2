-- Accounts, their sessions, and the audit log. Whoever was signed in by a bare link has to sign in again.
-- Columns named `sealed` in their comment are AES-256-GCM envelopes (server/store/envelope.ts), bound to their place.

DROP TABLE session;

DROP TABLE sign_in_link;

CREATE TABLE account (
  -- 64 random bits, hex: what the audit log names a person by.
  id TEXT NOT NULL PRIMARY KEY,
  -- Sealed.
  email TEXT NOT NULL,
  -- HMAC-SHA-256 of the address under a key of its own: finds an account without opening any.
  email_index TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('owner', 'analyst', 'consent_officer', 'sms_operator', 'auditor')),
  -- 1: every site, also those added later. 0: those in account_site.
  all_sites BIGINT NOT NULL CHECK (all_sites IN (0, 1)),
  -- Argon2id, PHC string. NULL until the set-up link was used.
  password_hash TEXT,
  -- Sealed; 160 random bits, base32.
  totp_secret TEXT,
  -- The last time step of which a code was taken: it and those before are refused.
  totp_step BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  CHECK ((password_hash IS NULL) = (totp_secret IS NULL))
);

CREATE TABLE account_site (
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  site_id BIGINT NOT NULL REFERENCES site (id),
  PRIMARY KEY (account_id, site_id)
);

CREATE TABLE recovery_code (
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  -- SHA-256, hex, of 80 random bits. The row is deleted when the code is used.
  code_hash TEXT NOT NULL,
  PRIMARY KEY (account_id, code_hash)
);

CREATE TABLE set_up_link (
  -- SHA-256 of the token, hex. The row is deleted when the link is used.
  token_hash TEXT NOT NULL PRIMARY KEY,
  -- Whose password and authenticator it sets; NULL: it makes the first account.
  account_id TEXT UNIQUE REFERENCES account (id) ON DELETE CASCADE,
  -- Sealed; what the authenticator is going to be enrolled with.
  totp_secret TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE TABLE session (
  -- SHA-256 of the cookie's value, hex.
  id_hash TEXT NOT NULL PRIMARY KEY,
  -- What it is listed and revoked by.
  name TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  -- When the second factor was last shown.
  second_factor_at BIGINT NOT NULL
);

CREATE INDEX session_account ON session (account_id);

-- A key without a date does not expire: those made before there were any.
ALTER TABLE api_key ADD COLUMN expires_at BIGINT;

-- Who did what. Append-only; each row continues the one before by its hash. Holds no address and no e-mail address.
CREATE TABLE audit_log (
  -- 1, 2, 3, … without a gap.
  seq BIGINT NOT NULL PRIMARY KEY,
  -- ISO 8601 in UTC, to the second.
  time TEXT NOT NULL,
  -- `account:<id>`, `key:<id>`, `terminal`, `server` or `nobody`.
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  -- What it was done to: the id of an account, key or session, or the hash of a manifest.
  subject TEXT,
  -- Domain.
  site TEXT,
  -- In the words of whoever did it.
  reason TEXT,
  -- Canonical JSON of an object.
  detail TEXT NOT NULL,
  prev_hash TEXT NOT NULL,
  -- SHA-256(canonical JSON of the row ‖ prev_hash), base64url.
  row_hash TEXT NOT NULL
);

-- One row: a signed statement of how far the log reaches, replaced with every row that is appended. Were earlier ones
-- kept here, whoever cuts rows off could leave the one that fits.
CREATE TABLE audit_head (
  only BIGINT NOT NULL PRIMARY KEY CHECK (only = 1),
  seq BIGINT NOT NULL,
  row_hash TEXT NOT NULL,
  time TEXT NOT NULL,
  key_id TEXT NOT NULL,
  -- Ed25519, base64url.
  signature TEXT NOT NULL
);
