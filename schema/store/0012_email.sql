-- E-mail beacons: campaigns, where their links lead, how many mails went out, and the proof of what recipients consented
-- to. No row says who opened what: that is nowhere.

CREATE TABLE email_campaign (
  -- 52 random bits, by which tokens name it.
  id BIGINT NOT NULL PRIMARY KEY,
  site_id BIGINT NOT NULL REFERENCES site (id),
  name TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('off', 'aggregate', 'identified')),
  created_at BIGINT NOT NULL,
  -- From then on nothing counts. The row stays, so that links of mails that are out go on leading somewhere.
  removed_at BIGINT
);

CREATE UNIQUE INDEX email_campaign_name ON email_campaign (site_id, name) WHERE removed_at IS NULL;

-- Where links of a campaign may lead. An address that is not here is led to by none.
CREATE TABLE email_link (
  -- 52 random bits.
  id BIGINT NOT NULL PRIMARY KEY,
  campaign_id BIGINT NOT NULL REFERENCES email_campaign (id),
  target TEXT NOT NULL,
  UNIQUE (campaign_id, target)
);

-- How many mails of a campaign went out on a day of the site. By name, as what is counted of them.
CREATE TABLE email_send (
  site_id BIGINT NOT NULL REFERENCES site (id),
  campaign TEXT NOT NULL,
  day TEXT NOT NULL,
  sends BIGINT NOT NULL,
  PRIMARY KEY (site_id, campaign, day)
);

-- What a recipient consents to now. Erasing one deletes the row, and with the salt all that leads from them to the ledger.
CREATE TABLE email_recipient (
  -- 128 random bits, base64url.
  id TEXT NOT NULL PRIMARY KEY,
  site_id BIGINT NOT NULL REFERENCES site (id),
  -- Sealed.
  email TEXT NOT NULL,
  -- Keyed hash of site and address, by which a recipient is found.
  email_index TEXT NOT NULL UNIQUE,
  -- 128 random bits, base64url.
  salt TEXT NOT NULL,
  opens BIGINT NOT NULL CHECK (opens IN (0, 1)),
  clicks BIGINT NOT NULL CHECK (clicks IN (0, 1)),
  -- They asked for no more mails.
  unsubscribed BIGINT NOT NULL CHECK (unsubscribed IN (0, 1))
);

CREATE INDEX email_recipient_site ON email_recipient (site_id, id);

-- One chain of rows for each site, append-only. Times are ISO 8601 texts in UTC, hashes SHA-256 in base64url.
CREATE TABLE email_ledger (
  site_id BIGINT NOT NULL REFERENCES site (id),
  -- 1, 2, 3, … without a gap.
  seq BIGINT NOT NULL,
  -- When it was recorded, to the second.
  time TEXT NOT NULL,
  event TEXT NOT NULL CHECK (event IN ('given', 'withdrawn', 'erased')),
  -- Separated by commas; empty where a recipient was erased.
  purposes TEXT NOT NULL,
  method TEXT,
  source TEXT NOT NULL,
  -- When it was decided, as the sender tells.
  decided TEXT,
  -- Hash of the text that was shown.
  copy_hash TEXT,
  -- SHA-256(salt ‖ id of the recipient). Without the salt it is nobody's.
  commitment TEXT NOT NULL,
  prev_hash TEXT NOT NULL,
  -- SHA-256(canonical JSON of the row ‖ prev_hash).
  row_hash TEXT NOT NULL,
  PRIMARY KEY (site_id, seq)
);

-- How far a site's chain reaches, signed with each row.
CREATE TABLE email_head (
  site_id BIGINT NOT NULL PRIMARY KEY REFERENCES site (id),
  seq BIGINT NOT NULL,
  row_hash TEXT NOT NULL,
  time TEXT NOT NULL,
  key_id TEXT NOT NULL,
  -- Ed25519, base64url.
  signature TEXT NOT NULL
);

-- Texts that were shown to recipients, by their hash.
CREATE TABLE email_copy (
  hash TEXT NOT NULL PRIMARY KEY,
  text TEXT NOT NULL
);
