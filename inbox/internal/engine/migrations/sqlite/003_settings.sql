CREATE TABLE clerk_settings (
    name text PRIMARY KEY,
    value text NOT NULL
) WITHOUT ROWID;
