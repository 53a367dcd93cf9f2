-- Requests have a duration: it stands where engagement has how long the page was visible.
ALTER TABLE events {cluster} COMMENT COLUMN visible_ms 'engagement: time the page was visible, milliseconds; request: until it was answered, 0 unknown';
