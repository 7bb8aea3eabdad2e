-- What became of a delivery each time, when it came, and all that it is about.
ALTER TABLE clerk_events ADD COLUMN organization text NOT NULL DEFAULT '';
ALTER TABLE clerk_events ADD COLUMN claimed text NOT NULL DEFAULT '';
ALTER TABLE clerk_events ADD COLUMN received integer NOT NULL DEFAULT 0;
ALTER TABLE clerk_events ADD COLUMN changed integer NOT NULL DEFAULT -62135596800000000;
ALTER TABLE clerk_events ADD COLUMN told integer NOT NULL DEFAULT 1;
ALTER TABLE clerk_events ADD COLUMN waits integer NOT NULL DEFAULT 0;
ALTER TABLE clerk_events ADD COLUMN refusals integer NOT NULL DEFAULT 0;
-- A line for each report before the latest, and the actions of each.
ALTER TABLE clerk_events ADD COLUMN history text NOT NULL DEFAULT '';
ALTER TABLE clerk_events ADD COLUMN planned text NOT NULL DEFAULT '';
ALTER TABLE clerk_events ADD COLUMN planned_history text NOT NULL DEFAULT '';
UPDATE clerk_events SET received = at, report = json_set(report, '$.error', error);
ALTER TABLE clerk_events DROP COLUMN error;
DROP INDEX clerk_events_type;
DROP INDEX clerk_events_outcome;
DROP INDEX clerk_events_entity;
DROP INDEX clerk_events_person;
CREATE INDEX clerk_events_received ON clerk_events (received, seq);
CREATE INDEX clerk_events_type ON clerk_events (type, outcome, received, seq);
CREATE INDEX clerk_events_outcome ON clerk_events (outcome, received, seq);
CREATE INDEX clerk_events_entity ON clerk_events (entity, received, seq) WHERE entity <> '';
CREATE INDEX clerk_events_person ON clerk_events (person, received, seq) WHERE person <> '';
CREATE INDEX clerk_events_organization ON clerk_events (organization, received, seq) WHERE organization <> '';
CREATE INDEX clerk_events_claimed ON clerk_events (claimed, received, seq) WHERE claimed <> '';
