-- Which steps set state, which delivery has the newest version of an entity, and
-- whether it has to be applied again.
ALTER TABLE clerk_steps ADD COLUMN state integer NOT NULL DEFAULT 0;
ALTER TABLE clerk_versions ADD COLUMN delivery text NOT NULL DEFAULT '';
ALTER TABLE clerk_versions ADD COLUMN again integer NOT NULL DEFAULT 0;
CREATE INDEX clerk_versions_again ON clerk_versions (again) WHERE again = 1;
