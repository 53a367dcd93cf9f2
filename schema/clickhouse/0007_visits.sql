-- Visits of sealed days, so that questions with filters need not put events in order again: what those ask about
-- whole visits and page views is here, at a tenth of the rows. Filled from `events` when a day is sealed, replaced with
-- its rollups, and gone with its events; a day without a partition here is answered from `events`.
--
-- A visit is one row for each combination of what its events tell besides pages, which is one for most (`is_whole`).
-- Page views without a visitor key are no visit: visitor 0, in one row where all is the same. A row of site 0 stands for
-- the day itself, also where nobody was there.
CREATE TABLE IF NOT EXISTS visits {cluster} (
  day Date COMMENT 'the site-local day' CODEC(ZSTD),
  site UInt64 COMMENT 'internal id of the site; 0: all' CODEC(ZSTD),
  visitor UInt64 COMMENT 'keyed hash under the day key, which dies at the site-local midnight; 0: no visitor key' CODEC(ZSTD),
  visit UInt64 COMMENT 'number of the visit among those of the visitor and day' CODEC(T64, ZSTD),
  is_whole Bool COMMENT 'the visit has no other row' CODEC(ZSTD),
  views UInt64 COMMENT 'page views of the whole visit' CODEC(T64, ZSTD),
  customs UInt64 COMMENT 'custom events of the whole visit' CODEC(T64, ZSTD),
  lasted UInt32 COMMENT 'seconds from the first event of the whole visit to the last' CODEC(T64, ZSTD),
  row_views UInt64 COMMENT 'page views of this row' CODEC(T64, ZSTD),
  pages Array(LowCardinality(String)) COMMENT 'different pages of the events of this row' CODEC(ZSTD),
  page_views Array(UInt64) COMMENT 'page views of each of them' CODEC(T64, ZSTD),
  entry_page String COMMENT 'page of the first page view' CODEC(ZSTD),
  exit_page String COMMENT 'page of the last page view' CODEC(ZSTD),
  visit_source LowCardinality(String) COMMENT 'source of the first page view',
  visit_referrer LowCardinality(String) COMMENT 'referrer of the first page view',
  visit_channel LowCardinality(String) COMMENT 'channel of the first page view',
  visit_utm_source LowCardinality(String) COMMENT 'campaign source of the first page view',
  visit_utm_medium LowCardinality(String) COMMENT 'campaign medium of the first page view',
  visit_utm_campaign LowCardinality(String) COMMENT 'campaign name of the first page view',
  visit_utm_term LowCardinality(String) COMMENT 'campaign term of the first page view',
  visit_utm_content LowCardinality(String) COMMENT 'campaign content of the first page view',
  hostname LowCardinality(String) COMMENT 'host of the page',
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
  basis LowCardinality(String) COMMENT 'why it may be stored: anonymous, the consent category and policy revision, log, or server'
)
ENGINE = {engine:MergeTree}
PARTITION BY day
ORDER BY (site, day, visitor, visit)
SETTINGS
  fsync_after_insert = 1,
  fsync_part_directory = 1,
  min_rows_to_fsync_after_merge = 1,
  min_compressed_bytes_to_fsync_after_merge = 1,
  non_replicated_deduplication_window = 0,
  replicated_deduplication_window = 0;
