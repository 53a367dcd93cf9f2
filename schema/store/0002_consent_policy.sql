-- The policy manifests that sites have published. Revision 1 is the manifest every site begins with; it has no row.

CREATE TABLE policy (
  site_id BIGINT NOT NULL REFERENCES site (id),
  -- Counts up by one for each site. A row is never changed: what a visitor agreed to stays readable.
  revision BIGINT NOT NULL CHECK (revision >= 2),
  -- SHA-256 of the manifest's text, base64url.
  hash TEXT NOT NULL,
  -- Canonical JSON (RFC 8785).
  manifest TEXT NOT NULL,
  published_at BIGINT NOT NULL,
  -- The revision that last widened each category, NULL for one without an entry.
  since_performance BIGINT CHECK (since_performance BETWEEN 1 AND revision),
  since_functionality BIGINT CHECK (since_functionality BETWEEN 1 AND revision),
  since_targeting BIGINT CHECK (since_targeting BETWEEN 1 AND revision),
  PRIMARY KEY (site_id, revision)
);
