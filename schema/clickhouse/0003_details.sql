-- What only some kinds of events have: custom events, links, forms, errors, vitals, feedback, what browsers remember of
-- their visits, requests of logs, calls. Rows of before have none of it.
ALTER TABLE events {cluster}
  ADD COLUMN IF NOT EXISTS name LowCardinality(String) COMMENT 'event: its name; click: element; outbound, download: target; form: its name; error: message and place; vital: its name; feedback: comment; visit: week of the first one; request: method; call: outcome',
  ADD COLUMN IF NOT EXISTS value UInt32 COMMENT 'vital: milliseconds, of CLS thousandths; feedback: score; visit: bits of first day, week, month, year; request: bytes; call: seconds' CODEC(ZSTD),
  ADD COLUMN IF NOT EXISTS revenue Decimal(18, 4) COMMENT 'event: amount of money' CODEC(ZSTD),
  ADD COLUMN IF NOT EXISTS currency LowCardinality(String) COMMENT 'event: ISO 4217 code of the amount',
  ADD COLUMN IF NOT EXISTS props Map(String, String) COMMENT 'event: properties that the site has declared; visit: recency; call: direction' CODEC(ZSTD),
  ADD COLUMN IF NOT EXISTS status UInt16 COMMENT 'HTTP status of the page; 0: unknown' CODEC(ZSTD);

ALTER TABLE events {cluster} COMMENT COLUMN basis 'why it may be stored: anonymous, the consent category and policy revision, log, or server';
