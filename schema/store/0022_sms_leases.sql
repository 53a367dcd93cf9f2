-- What is with the provider or may be has a lease, and nothing else has: found by it, and by no list of states, whose index
-- SQLite leaves aside where states are bound values. Then every message that was ever sent was looked at for each one.

DROP INDEX sms_message_leased;

DROP INDEX sms_message_alike;

CREATE INDEX sms_message_leased ON sms_message (lease_until) WHERE lease_until IS NOT NULL;

CREATE INDEX sms_message_alike ON sms_message (body_index) WHERE lease_until IS NOT NULL;
