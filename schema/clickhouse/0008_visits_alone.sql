-- Most visitors have one row in a day: these can be counted as they are, where others are told from each other by their
-- keys. Days are filled anew, as any are that have no visits yet; until then they are answered from `events`.
ALTER TABLE visits {cluster}
  ADD COLUMN IF NOT EXISTS is_alone Bool COMMENT 'the visitor has no other row on this day' CODEC(ZSTD) AFTER is_whole;
TRUNCATE TABLE visits {cluster};
