-- Programs that people sign up for to get messages, who did, and what was sent to them.
-- Times are Unix milliseconds, claims are 0 or 1, money is in millionths of a dollar.
-- Columns under a subject's key are AES-256-GCM envelopes with a key of that subject alone, bound to their place: once
-- the key is gone, which is what erasing somebody does, nothing of them opens any more, here or in an old backup.

CREATE TABLE sms_sender (
  -- 64 random bits, hex.
  id TEXT NOT NULL PRIMARY KEY,
  -- Sealed; E.164.
  number TEXT NOT NULL,
  -- HMAC-SHA-256 of the number under a key of its own: finds a sender without opening any.
  number_index TEXT NOT NULL UNIQUE,
  class TEXT NOT NULL CHECK (class IN ('regular', 'high-volume-long-code', 'high-volume-toll-free')),
  -- JSON: what the provider says that the number can do, in its words.
  features TEXT NOT NULL,
  -- Status of the registered campaign, in the provider's words.
  campaign TEXT NOT NULL,
  -- JSON: use cases that the campaign is registered for.
  use_cases TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'restricted', 'suspended')),
  -- What brought it into this state: a delivery code, a rate, or the words of whoever did.
  state_reason TEXT,
  state_since BIGINT NOT NULL,
  -- Who tells somebody that their opt-out was taken: exactly one of the two.
  confirmation_by TEXT NOT NULL CHECK (confirmation_by IN ('provider', 'self')),
  -- JSON: the times at which slots of its cap were taken, oldest first.
  slots TEXT NOT NULL,
  -- The provider asked for a rest until then.
  rest_until BIGINT NOT NULL,
  -- JSON: {"segment": 7900, "surcharge": 3000}.
  prices TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE sms_program (
  -- 64 random bits, hex.
  id TEXT NOT NULL PRIMARY KEY,
  -- Keys of the scope `sms` of this site are for it.
  site_id BIGINT NOT NULL REFERENCES site (id),
  sender_id TEXT NOT NULL REFERENCES sms_sender (id),
  name TEXT NOT NULL,
  -- JSON of sms/program.ts.
  program TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  -- Nothing is sent for it any more; its proofs stay.
  ended_at BIGINT,
  UNIQUE (site_id, name)
);

-- What is shown beside the signature, word for word. A version that somebody signed is never changed.
CREATE TABLE sms_disclosure (
  program_id TEXT NOT NULL REFERENCES sms_program (id),
  version TEXT NOT NULL,
  -- BCP 47.
  locale TEXT NOT NULL,
  wording TEXT NOT NULL,
  -- SHA-256 of the wording, base64url.
  wording_hash TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (program_id, version, locale)
);

CREATE TABLE sms_subject (
  -- 128 random bits, hex: what a person is called everywhere else.
  id TEXT NOT NULL PRIMARY KEY,
  -- Under the subject's key; E.164. NULL once erased.
  number TEXT,
  -- HMAC-SHA-256 of the number under a key of its own. NULL once erased.
  number_index TEXT UNIQUE,
  -- Sealed; the subject's key, 256 random bits, base64url. NULL once erased.
  wrapped_key TEXT,
  -- Under the subject's key; JSON of the place that they told themselves.
  place TEXT,
  -- Counts up with each opt-out: a message that was decided on before it does not go out.
  epoch BIGINT NOT NULL,
  -- JSON of sms/consent.ts: the state in every program that has no row in sms_consent.
  elsewhere TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  -- Since when messages fail because nobody has the number; not a word about consent.
  unreachable_since BIGINT,
  erased_at BIGINT,
  CHECK ((number IS NULL) = (wrapped_key IS NULL) AND (number IS NULL) = (number_index IS NULL))
);

CREATE TABLE sms_consent (
  subject_id TEXT NOT NULL REFERENCES sms_subject (id),
  program_id TEXT NOT NULL REFERENCES sms_program (id),
  -- JSON of sms/consent.ts.
  state TEXT NOT NULL,
  -- Which state it is, to count by.
  standing TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (subject_id, program_id)
);

CREATE INDEX sms_consent_program ON sms_consent (program_id, standing);

-- What is left of somebody who was erased: that nothing may be sent to them.
CREATE TABLE sms_suppression (
  -- HMAC-SHA-256 of the number under a key of its own, which is another one than that of sms_subject.
  number_index TEXT NOT NULL PRIMARY KEY,
  -- JSON of sms/consent.ts: where the number begins when it turns up again.
  state TEXT NOT NULL,
  since BIGINT NOT NULL
);

-- What people agreed to and took back, and all else that was done with what is known of them. Append-only; each row
-- continues the one before by its hash. The chain is over commitments: what they commit to can be erased.
CREATE TABLE sms_ledger (
  -- 1, 2, 3, … without a gap.
  seq BIGINT NOT NULL PRIMARY KEY,
  -- 128 random bits, hex: what consents and messages name it by.
  id TEXT NOT NULL UNIQUE,
  subject_id TEXT NOT NULL,
  -- NULL: concerns all programs, or none.
  program_id TEXT,
  event TEXT NOT NULL,
  -- When it happened, ISO 8601 with its offset as it was told; and when it was written down, in UTC.
  occurred_at TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  -- `subject`, or an actor of the audit log.
  actor TEXT NOT NULL,
  -- By which way it came: `web-form`, `word`, `letter`, …
  method TEXT NOT NULL,
  -- SHA-256(salt ‖ canonical JSON of the payload), base64url.
  commitment TEXT NOT NULL,
  -- Under the subject's key; JSON: {"payload": …, "salt": "…"}. NULL where it was taken out after its time.
  payload TEXT,
  prev_hash TEXT NOT NULL,
  -- SHA-256(canonical JSON of the row ‖ prev_hash), base64url.
  row_hash TEXT NOT NULL
);

CREATE INDEX sms_ledger_subject ON sms_ledger (subject_id, seq);

-- One row: a signed statement of how far the ledger reaches, replaced with every row that is appended.
CREATE TABLE sms_ledger_head (
  single BIGINT NOT NULL PRIMARY KEY CHECK (single = 1),
  seq BIGINT NOT NULL,
  row_hash TEXT NOT NULL,
  time TEXT NOT NULL,
  key_id TEXT NOT NULL,
  -- Ed25519, base64url.
  signature TEXT NOT NULL
);

-- Messages on their way out, and what became of them.
CREATE TABLE sms_message (
  -- 128 random bits, hex.
  id TEXT NOT NULL PRIMARY KEY,
  -- In the order in which they were queued: what comes first goes first.
  seq BIGINT NOT NULL UNIQUE,
  subject_id TEXT NOT NULL REFERENCES sms_subject (id),
  sender_id TEXT NOT NULL REFERENCES sms_sender (id),
  -- NULL: an answer that belongs to no program.
  program_id TEXT REFERENCES sms_program (id),
  -- `program`: what people signed up for. `request`: asks for a YES. `answer`: to STOP, HELP and the like.
  purpose TEXT NOT NULL CHECK (purpose IN ('program', 'request', 'answer')),
  -- What a request or an answer is for: at most one goes out for each.
  reply_to TEXT UNIQUE,
  -- Under the subject's key; as it is sent. NULL where it was taken out after its time.
  body TEXT,
  -- HMAC-SHA-256 of sender, subject and body: tells two that are alike.
  body_index TEXT NOT NULL,
  segments BIGINT NOT NULL,
  -- HMAC-SHA-256 of the caller's idempotency key, and of all that came with it.
  idempotency_index TEXT UNIQUE,
  request_index TEXT,
  is_automated BIGINT NOT NULL CHECK (is_automated IN (0, 1)),
  -- 1: a person found it right though a rule asked to look at it.
  is_approved BIGINT NOT NULL CHECK (is_approved IN (0, 1)),
  status TEXT NOT NULL CHECK (
    status IN (
      'queued', 'dispatching', 'handed', 'accepted', 'unknown', 'blocked', 'cancelled', 'refused', 'dead'
    )
  ),
  -- JSON: the last decision of the gate with its reasons; or why it was cancelled or given up.
  decision TEXT NOT NULL,
  -- Entry of the ledger that allowed it.
  consent_entry_id TEXT,
  -- The subject's, as it was when it was decided on.
  epoch BIGINT,
  attempts BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  -- Whoever decided on it and hands it over; nobody else may before the lease is over.
  claim TEXT,
  lease_until BIGINT,
  -- When its slot was taken; NULL while none is, or where the provider is known not to have taken it.
  slot_at BIGINT,
  handed_at BIGINT,
  provider_id TEXT,
  -- How far it came, as the provider tells: never goes back.
  delivery TEXT CHECK (delivery IN ('queued', 'sent', 'delivered', 'delivery-failed', 'sending-failed')),
  delivery_at BIGINT,
  error_code TEXT,
  -- A later word of the provider that contradicts an earlier one.
  anomaly TEXT,
  -- 1: it was with the provider when an opt-out was taken.
  in_flight_at_stop BIGINT NOT NULL CHECK (in_flight_at_stop IN (0, 1))
);

CREATE INDEX sms_message_due ON sms_message (sender_id, due_at) WHERE status = 'queued';

CREATE INDEX sms_message_leased ON sms_message (lease_until) WHERE status IN ('dispatching', 'handed', 'unknown');

CREATE INDEX sms_message_alike ON sms_message (body_index) WHERE status IN ('dispatching', 'handed', 'unknown');

CREATE INDEX sms_message_subject ON sms_message (subject_id, slot_at);

CREATE INDEX sms_message_sender ON sms_message (sender_id, slot_at);

CREATE INDEX sms_message_provider ON sms_message (provider_id) WHERE provider_id IS NOT NULL;

-- What people answered.
CREATE TABLE sms_inbound (
  -- 128 random bits, hex.
  id TEXT NOT NULL PRIMARY KEY,
  sender_id TEXT NOT NULL REFERENCES sms_sender (id),
  -- The provider's, which an event and a later look at its list have in common.
  provider_id TEXT NOT NULL,
  subject_id TEXT NOT NULL REFERENCES sms_subject (id),
  -- Under the subject's key. NULL where it was taken out after its time.
  body TEXT,
  meaning TEXT NOT NULL CHECK (meaning IN ('opt-out', 'unclear', 'help', 'start', 'yes', 'no', 'other')),
  entry_id TEXT,
  received_at BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  -- Of what is unclear: when a person decided, and what. Until then promotions wait.
  settled_at BIGINT,
  settled_as TEXT CHECK (settled_as IN ('opt-out', 'other')),
  UNIQUE (sender_id, provider_id)
);

CREATE INDEX sms_inbound_unclear ON sms_inbound (subject_id) WHERE meaning = 'unclear' AND settled_at IS NULL;

-- What the provider told, each once, by the id that it gave its word.
CREATE TABLE sms_event (
  uuid TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('inbound', 'status', 'consent', 'fee')),
  -- Of a status: of which message, and what.
  provider_id TEXT,
  status TEXT,
  code TEXT,
  cost BIGINT,
  occurred_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  -- NULL: parked, since the message is not known yet; a word can come before the answer that tells its id.
  applied_at BIGINT
);

CREATE INDEX sms_event_parked ON sms_event (provider_id) WHERE applied_at IS NULL;

-- Opt-outs and their ends that the provider has to be told, until it has said that it knows.
CREATE TABLE sms_push (
  -- Of the entry that it tells, with the sender.
  entry_id TEXT NOT NULL,
  sender_id TEXT NOT NULL REFERENCES sms_sender (id),
  subject_id TEXT NOT NULL REFERENCES sms_subject (id),
  opted TEXT NOT NULL CHECK (opted IN ('out', 'in')),
  attempts BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  done_at BIGINT,
  PRIMARY KEY (entry_id, sender_id)
);

CREATE INDEX sms_push_due ON sms_push (due_at) WHERE done_at IS NULL;

-- What messages cost, and fees.
CREATE TABLE sms_cost (
  -- Of the message, or 128 random bits of a fee.
  id TEXT NOT NULL PRIMARY KEY,
  program_id TEXT,
  sender_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('message', 'fee')),
  -- What the provider charged; an estimate by the sender's prices until it has said so.
  amount BIGINT NOT NULL,
  is_estimate BIGINT NOT NULL CHECK (is_estimate IN (0, 1)),
  note TEXT,
  at BIGINT NOT NULL
);

CREATE INDEX sms_cost_program ON sms_cost (program_id, at);

-- How far lists of the provider were read.
CREATE TABLE sms_cursor (
  name TEXT NOT NULL PRIMARY KEY,
  position TEXT NOT NULL,
  changed_at BIGINT NOT NULL
);
