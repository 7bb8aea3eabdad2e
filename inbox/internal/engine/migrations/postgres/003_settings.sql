CREATE TABLE {schema}clerk_settings (
    name text PRIMARY KEY,
    value text NOT NULL
);
