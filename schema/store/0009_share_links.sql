-- Links that show the numbers of one site to whoever holds them, without an account.

CREATE TABLE share_link (
  -- 64 random bits, hex: what it is listed and revoked by, and what the audit log names it by. It opens nothing.
  id TEXT NOT NULL PRIMARY KEY,
  site_id BIGINT NOT NULL REFERENCES site (id),
  -- SHA-256, hex, of the 256 random bits behind the `#` of the link. They are kept nowhere.
  token_hash TEXT NOT NULL,
  -- What its maker calls it.
  name TEXT NOT NULL,
  -- Argon2id, PHC string. NULL: it asks for none.
  password_hash TEXT,
  -- JSON: conditions that every question by this link has, as in POST /api/query.
  filters TEXT NOT NULL,
  -- Origins whose pages may frame it, with a space between them; empty: none.
  embed TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  revoked_at BIGINT,
  -- UTC day on which it was last opened: fine enough to find links nobody uses, too coarse to follow anybody.
  last_opened_day TEXT
);

CREATE INDEX share_link_site ON share_link (site_id);
