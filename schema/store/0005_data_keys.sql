-- The keys that the product works with, each wrapped by the master key, which is in no database: so the master key can
-- be replaced by another without reading all that it protects.

CREATE TABLE data_key (
  -- Tells keys apart and tells nothing of them, 16 hex digits.
  id TEXT NOT NULL,
  -- `lasting`: what signs, finds and recognises must stay what it is, so it is only ever wrapped anew. `sealing`: what
  -- seals texts is made anew with every master key.
  purpose TEXT NOT NULL CHECK (purpose IN ('lasting', 'sealing')),
  -- Counts up from 1 for each purpose; the highest is in use.
  generation BIGINT NOT NULL,
  -- Id of the master key that opens this row. While one is replaced each key has two rows.
  master_id TEXT NOT NULL,
  -- The key, AES-256-GCM under the master key (server/store/envelope.ts), bound to id and purpose.
  wrapped TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  -- 1: a server that runs has it in memory, and needs no row of an old master key for it.
  taken BIGINT NOT NULL CHECK (taken IN (0, 1)),
  PRIMARY KEY (id, master_id)
);
