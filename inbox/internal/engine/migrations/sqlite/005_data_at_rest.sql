-- Whose key a body is encrypted with, and whom it is about.
ALTER TABLE clerk_events ADD COLUMN key_id text NOT NULL DEFAULT '';
ALTER TABLE clerk_events ADD COLUMN entity text NOT NULL DEFAULT '';
ALTER TABLE clerk_events ADD COLUMN person text NOT NULL DEFAULT '';
CREATE INDEX clerk_events_entity ON clerk_events (entity);
CREATE INDEX clerk_events_person ON clerk_events (person);
