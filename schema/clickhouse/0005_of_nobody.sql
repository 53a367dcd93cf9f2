-- What the columns hold of ads, traits, beacons and mails: rows like all others, of nobody.
ALTER TABLE events {cluster}
  COMMENT COLUMN collector 'tracker, log, server or email',
  COMMENT COLUMN basis 'why it may be stored: anonymous, the consent category and policy revision, log, server, aggregate, email_open or email_click',
  COMMENT COLUMN name 'event: its name; click: element; outbound, download: target; form: its name; error: message and place; vital: its name; feedback: comment; visit: week of the first one; request: method; call: outcome; beacon: its name; fetch, follow: e-mail campaign; ad: campaign; trait: its name',
  COMMENT COLUMN value 'vital: milliseconds, of CLS thousandths; feedback: score; visit: bits of first day, week, month, year; request: bytes; call: seconds; ad: of a conversion touches before it',
  COMMENT COLUMN props 'event: properties that the site has declared; visit: recency; call: direction; fetch, follow: verdict; ad: what became of it, and of a conversion event and days; trait: its value';
