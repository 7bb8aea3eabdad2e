-- Which steps set state, which delivery has the newest version of an entity, and
-- whether it has to be applied again.
ALTER TABLE {schema}clerk_steps ADD COLUMN state bigint NOT NULL DEFAULT 0;
ALTER TABLE {schema}clerk_versions ADD COLUMN delivery text NOT NULL DEFAULT '';
ALTER TABLE {schema}clerk_versions ADD COLUMN again bigint NOT NULL DEFAULT 0;
CREATE INDEX clerk_versions_again ON {schema}clerk_versions (again) WHERE again = 1;
