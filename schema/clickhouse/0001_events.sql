-- One row for each kept event: the event window. Queries of open days and with filters read it; sealed days become
-- rollups.
--
-- A part is on disk before its insert is answered, and merged parts before their sources are removed: a segment of
-- the spool may go once its batches are here.
-- ClickHouse's own deduplication of inserts stays off: batch_id and row are the guarantee.
CREATE TABLE IF NOT EXISTS events {cluster} (
  batch_id UInt64 COMMENT 'sealed batch the row came with' CODEC(Delta, ZSTD),
  row UInt32 COMMENT 'position in the batch' CODEC(Delta, ZSTD),
  day Date COMMENT 'the site-local day' CODEC(ZSTD),
  visitor UInt64 COMMENT 'keyed hash under the day key, which dies at the site-local midnight; 0: no visitor key' CODEC(ZSTD),
  time DateTime('UTC') COMMENT 'when it happened, floored to the second' CODEC(Delta, ZSTD),
  site UInt64 COMMENT 'internal id of the site' CODEC(ZSTD),
  event_id UInt64 COMMENT 'keyed hash of the event id: a retry counts once' CODEC(NONE),
  type LowCardinality(String) COMMENT 'kind of event',
  collector LowCardinality(String) COMMENT 'tracker, log or server',
  basis LowCardinality(String) COMMENT 'why it may be stored: anonymous, or the consent category and policy revision',
  hostname LowCardinality(String) COMMENT 'host of the page',
  page String COMMENT 'path of the page, scrubbed, id-like segments collapsed' CODEC(ZSTD),
  referrer LowCardinality(String) COMMENT 'host of the referrer; empty: direct or internal',
  source LowCardinality(String) COMMENT 'name of the source; empty: internal navigation',
  channel LowCardinality(String) COMMENT 'acquisition channel; empty: internal navigation',
  utm_source LowCardinality(String) COMMENT 'campaign source',
  utm_medium LowCardinality(String) COMMENT 'campaign medium',
  utm_campaign LowCardinality(String) COMMENT 'campaign name',
  utm_term LowCardinality(String) COMMENT 'campaign term',
  utm_content LowCardinality(String) COMMENT 'campaign content',
  country LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2 code',
  region LowCardinality(String) COMMENT 'ISO 3166-2 code, with the country',
  city LowCardinality(String) COMMENT 'name of the city',
  network LowCardinality(String) COMMENT 'network operator: name of the autonomous system',
  browser LowCardinality(String) COMMENT 'browser family',
  browser_version LowCardinality(String) COMMENT 'major version of the browser',
  os LowCardinality(String) COMMENT 'operating system',
  os_version LowCardinality(String) COMMENT 'version of the operating system',
  device LowCardinality(String) COMMENT 'desktop, mobile, tablet, tv, console, wearable, other',
  screen LowCardinality(String) COMMENT 'screen size; empty before a choice',
  language LowCardinality(String) COMMENT 'BCP 47 primary language and region',
  visible_ms UInt32 COMMENT 'engagement: time the page was visible, milliseconds' CODEC(ZSTD),
  scroll_percent UInt8 COMMENT 'engagement: deepest point scrolled to, percent' CODEC(ZSTD),
  -- The loader asks which batches a partition holds; they lie scattered in the order of the key.
  INDEX batch_id batch_id TYPE minmax GRANULARITY 1
)
ENGINE = {engine:MergeTree}
PARTITION BY day
ORDER BY (site, day, visitor, time, batch_id, row)
SETTINGS
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1,
  non_replicated_deduplication_window = 0,
  replicated_deduplication_window = 0;
