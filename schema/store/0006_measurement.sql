-- What a site measures beyond page views.

-- Names of properties of custom events that are kept, with a space between them.
ALTER TABLE site ADD COLUMN properties TEXT NOT NULL DEFAULT 'feature plan';

-- JSON: [{"name":"Signed up","event":"Signup"},{"name":"Bought","page":"/thanks*"}]
ALTER TABLE site ADD COLUMN goals TEXT NOT NULL DEFAULT '[]';
