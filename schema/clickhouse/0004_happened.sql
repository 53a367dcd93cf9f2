-- Rollups of what visitors did besides viewing pages. Days that were sealed before have none of it, and nothing of it had
-- been measured then.
ALTER TABLE rollup {cluster}
  ADD COLUMN IF NOT EXISTS actions UInt64 COMMENT 'custom events, clicks, outbound links, downloads, forms' CODEC(T64, ZSTD) AFTER depth,
  ADD COLUMN IF NOT EXISTS errors UInt64 COMMENT 'script errors' CODEC(T64, ZSTD) AFTER actions,
  ADD COLUMN IF NOT EXISTS revenue Int64 COMMENT 'money in ten-thousandths; of several currencies only by currency of use' CODEC(T64, ZSTD) AFTER errors,
  ADD COLUMN IF NOT EXISTS acting UInt64 COMMENT 'different visitor keys of actions' CODEC(T64, ZSTD) AFTER measured,
  ADD COLUMN IF NOT EXISTS failing UInt64 COMMENT 'different visitor keys of errors' CODEC(T64, ZSTD) AFTER acting,
  ADD COLUMN IF NOT EXISTS paying UInt64 COMMENT 'different visitor keys of revenue' CODEC(T64, ZSTD) AFTER failing,
  ADD COLUMN IF NOT EXISTS shared_acting UInt64 COMMENT 'of acting, those of smaller values' CODEC(T64, ZSTD) AFTER shared_measured,
  ADD COLUMN IF NOT EXISTS shared_failing UInt64 COMMENT 'of failing, those of smaller values' CODEC(T64, ZSTD) AFTER shared_acting,
  ADD COLUMN IF NOT EXISTS shared_paying UInt64 COMMENT 'of paying, those of smaller values' CODEC(T64, ZSTD) AFTER shared_failing;
