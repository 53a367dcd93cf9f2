-- Passkeys (WebAuthn). From here on an account may have a sealed empty text as totp_secret: it has no authenticator, and
-- passkeys stand in its place.

CREATE TABLE passkey (
  -- 64 random bits, hex: what it is listed and removed by, and what the audit log names it by.
  id TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  -- Sealed; base64url. It names a person wherever it turns up.
  credential_id TEXT NOT NULL,
  -- HMAC-SHA-256 of the credential id under a key of its own: finds a passkey without opening any.
  credential_index TEXT NOT NULL UNIQUE,
  -- Sealed; what its owner calls it.
  name TEXT NOT NULL,
  -- COSE key, base64url: good for nothing but checking signatures.
  public_key TEXT NOT NULL,
  -- The last one that was signed; 0 for authenticators that count nothing.
  counter BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT
);

CREATE INDEX passkey_account ON passkey (account_id);
