CREATE TABLE {schema}clerk_claims (
    name text PRIMARY KEY,
    token text NOT NULL,
    expires_at bigint NOT NULL
);

CREATE TABLE {schema}clerk_steps (
    delivery text NOT NULL,
    step text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (delivery, step)
);
CREATE INDEX clerk_steps_at ON {schema}clerk_steps (at);

CREATE TABLE {schema}clerk_versions (
    entity text PRIMARY KEY,
    version bigint NOT NULL,
    deleted bigint NOT NULL,
    at bigint NOT NULL
);
CREATE INDEX clerk_versions_at ON {schema}clerk_versions (at);

CREATE TABLE {schema}clerk_events (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text UNIQUE,
    type text NOT NULL,
    outcome text NOT NULL,
    at bigint NOT NULL,
    attempts bigint NOT NULL,
    error text NOT NULL,
    delivery text NOT NULL,
    report text NOT NULL,
    body bytea NOT NULL
);
CREATE INDEX clerk_events_type ON {schema}clerk_events (type, seq);
CREATE INDEX clerk_events_outcome ON {schema}clerk_events (outcome, seq);
CREATE INDEX clerk_events_at ON {schema}clerk_events (at);
