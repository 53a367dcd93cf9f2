-- What was not stored as it was sent, and why: sums of which none is about anybody.

CREATE TABLE drop_count (
  -- 0: of the installation, since no site is known; so it refers to no row of site.
  site_id BIGINT NOT NULL,
  -- Day and hour of the site's clock at which the collector decided; of UTC where there is no site.
  day TEXT NOT NULL,
  hour BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('dropped', 'late', 'scrubbed')),
  -- Why it was dropped, or the kind of value that was taken out; empty for `late`.
  reason TEXT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (site_id, day, hour, kind, reason)
);

-- Files of a collector's journal whose sums are in drop_count, for as long as the file may be there.
CREATE TABLE drop_file (
  -- 128 random bits, hex.
  id TEXT NOT NULL PRIMARY KEY
);
