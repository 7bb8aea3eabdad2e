CREATE TABLE clerk_steps (
    delivery text NOT NULL,
    step text NOT NULL,
    at integer NOT NULL,
    PRIMARY KEY (delivery, step)
) WITHOUT ROWID;
CREATE INDEX clerk_steps_at ON clerk_steps (at);

CREATE TABLE clerk_versions (
    entity text PRIMARY KEY,
    version integer NOT NULL,
    deleted integer NOT NULL,
    at integer NOT NULL
) WITHOUT ROWID;
CREATE INDEX clerk_versions_at ON clerk_versions (at);

CREATE TABLE clerk_events (
    seq integer PRIMARY KEY AUTOINCREMENT,
    key text UNIQUE,
    type text NOT NULL,
    outcome text NOT NULL,
    at integer NOT NULL,
    attempts integer NOT NULL,
    error text NOT NULL,
    delivery text NOT NULL,
    report text NOT NULL,
    body blob NOT NULL
);
CREATE INDEX clerk_events_type ON clerk_events (type, seq);
CREATE INDEX clerk_events_outcome ON clerk_events (outcome, seq);
CREATE INDEX clerk_events_at ON clerk_events (at);
