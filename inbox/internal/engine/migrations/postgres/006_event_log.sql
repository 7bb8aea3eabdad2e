-- What became of a delivery each time, when it came, and all that it is about.
ALTER TABLE {schema}clerk_events ADD COLUMN organization text NOT NULL DEFAULT '';
ALTER TABLE {schema}clerk_events ADD COLUMN claimed text NOT NULL DEFAULT '';
ALTER TABLE {schema}clerk_events ADD COLUMN received bigint NOT NULL DEFAULT 0;
ALTER TABLE {schema}clerk_events ADD COLUMN changed bigint NOT NULL DEFAULT -62135596800000000;
ALTER TABLE {schema}clerk_events ADD COLUMN told bigint NOT NULL DEFAULT 1;
ALTER TABLE {schema}clerk_events ADD COLUMN waits bigint NOT NULL DEFAULT 0;
ALTER TABLE {schema}clerk_events ADD COLUMN refusals bigint NOT NULL DEFAULT 0;
-- A line for each report before the latest, and the actions of each.
ALTER TABLE {schema}clerk_events ADD COLUMN history text NOT NULL DEFAULT '';
ALTER TABLE {schema}clerk_events ADD COLUMN planned text NOT NULL DEFAULT '';
ALTER TABLE {schema}clerk_events ADD COLUMN planned_history text NOT NULL DEFAULT '';
UPDATE {schema}clerk_events SET received = at, report = CAST(CAST(report AS jsonb) || jsonb_build_object('error', error) AS text);
ALTER TABLE {schema}clerk_events DROP COLUMN error;
DROP INDEX {schema}clerk_events_type;
DROP INDEX {schema}clerk_events_outcome;
DROP INDEX {schema}clerk_events_entity;
DROP INDEX {schema}clerk_events_person;
-- So that the beginning of a text is a range of the index.
ALTER TABLE {schema}clerk_events
    ALTER COLUMN key TYPE text COLLATE "C",
    ALTER COLUMN entity TYPE text COLLATE "C",
    ALTER COLUMN person TYPE text COLLATE "C",
    ALTER COLUMN organization TYPE text COLLATE "C",
    ALTER COLUMN claimed TYPE text COLLATE "C";
CREATE INDEX clerk_events_received ON {schema}clerk_events (received, seq);
CREATE INDEX clerk_events_type ON {schema}clerk_events (type, outcome, received, seq);
CREATE INDEX clerk_events_outcome ON {schema}clerk_events (outcome, received, seq);
CREATE INDEX clerk_events_entity ON {schema}clerk_events (entity, received, seq) WHERE entity <> '';
CREATE INDEX clerk_events_person ON {schema}clerk_events (person, received, seq) WHERE person <> '';
CREATE INDEX clerk_events_organization ON {schema}clerk_events (organization, received, seq) WHERE organization <> '';
CREATE INDEX clerk_events_claimed ON {schema}clerk_events (claimed, received, seq) WHERE claimed <> '';
