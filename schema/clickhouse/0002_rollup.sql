-- What sealed days hold, so that questions about them need no events: whole numbers by site, dimension and value, which
-- add up over days because a visitor key lives for one. A day is computed from `events` and put in place with the rest of
-- its month, which replaces the partition as a whole: it is there in full or as it was before. By month and not by day,
-- since each partition costs every question 0.4 ms.
--
-- The values of one dimension and day have an order: by visitors, then by value. What a minimum group lumps together
-- are always the first ones of it. `shared_…` is what a value counts that smaller ones of its day count too: the sum
-- less what is shared is the number of different visitors (visits, page views) that some of the first ones have
-- together, whatever the minimum group is.
--
-- Besides the dimensions of questions there are `total` (the whole day, value empty), `hour` (hours of a series, where a
-- visit is in the hour in which it began) and, with site 0, `seal`: the day itself.
CREATE TABLE IF NOT EXISTS rollup {cluster} (
  day Date COMMENT 'the site-local day' CODEC(ZSTD),
  site UInt64 COMMENT 'internal id of the site; 0: all, in the row seal' CODEC(ZSTD),
  dimension LowCardinality(String) COMMENT 'name of the dimension; or total, hour, seal',
  value String COMMENT 'value of the dimension' CODEC(ZSTD),
  visitors UInt64 COMMENT 'different visitor keys' CODEC(T64, ZSTD),
  pageviews UInt64 COMMENT 'page views' CODEC(T64, ZSTD),
  visits UInt64 COMMENT 'visits that hold the value' CODEC(T64, ZSTD),
  visit_views UInt64 COMMENT 'page views of these visits' CODEC(T64, ZSTD),
  entries UInt64 COMMENT 'visits whose bounce and duration count here: all of them, by page those that began there' CODEC(T64, ZSTD),
  bounces UInt64 COMMENT 'of these, bounces' CODEC(T64, ZSTD),
  seconds UInt64 COMMENT 'of these, seconds from the first event to the last' CODEC(T64, ZSTD),
  measured_views UInt64 COMMENT 'page views that told of engagement' CODEC(T64, ZSTD),
  visible UInt64 COMMENT 'of these, milliseconds visible' CODEC(T64, ZSTD),
  depth UInt64 COMMENT 'of these, sum of the deepest point scrolled to, percent' CODEC(T64, ZSTD),
  entering UInt64 COMMENT 'different visitor keys of entries' CODEC(T64, ZSTD),
  measured UInt64 COMMENT 'different visitor keys of measured_views' CODEC(T64, ZSTD),
  shared_visitors UInt64 COMMENT 'of visitors, those of smaller values' CODEC(T64, ZSTD),
  shared_visits UInt64 COMMENT 'of visits, those of smaller values' CODEC(T64, ZSTD),
  shared_visit_views UInt64 COMMENT 'of visit_views, those of smaller values' CODEC(T64, ZSTD),
  shared_entries UInt64 COMMENT 'of entries, those of smaller values' CODEC(T64, ZSTD),
  shared_bounces UInt64 COMMENT 'of bounces, those of smaller values' CODEC(T64, ZSTD),
  shared_seconds UInt64 COMMENT 'of seconds, those of smaller values' CODEC(T64, ZSTD),
  shared_measured_views UInt64 COMMENT 'of measured_views, those of smaller values' CODEC(T64, ZSTD),
  shared_depth UInt64 COMMENT 'of depth, what smaller values reached' CODEC(T64, ZSTD),
  shared_entering UInt64 COMMENT 'of entering, those of smaller values' CODEC(T64, ZSTD),
  shared_measured UInt64 COMMENT 'of measured, those of smaller values' CODEC(T64, ZSTD),
  events UInt64 COMMENT 'total and seal: rows of events that it was computed from' CODEC(T64, ZSTD),
  last_batch UInt64 COMMENT 'total and seal: highest batch id of these' CODEC(T64, ZSTD),
  duplicates UInt64 COMMENT 'total and seal: of these, rows of an event that was there already, which do not count' CODEC(T64, ZSTD),
  last_block UInt64 COMMENT 'seal: highest block of the partition of events before it was read, plus one' CODEC(T64, ZSTD)
)
ENGINE = {engine:MergeTree}
PARTITION BY toYYYYMM(day)
ORDER BY (site, dimension, day, value)
SETTINGS
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1,
  non_replicated_deduplication_window = 0,
  replicated_deduplication_window = 0;
