-- Groups of visitors that a site counts under the consent to targeting: names with a space between them.
ALTER TABLE site ADD COLUMN traits TEXT NOT NULL DEFAULT '';
