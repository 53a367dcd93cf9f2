-- What became of the messages of some days is asked for by program, whenever somebody looks at how programs fare.

CREATE INDEX sms_message_turn ON sms_message (program_id, due_at);
