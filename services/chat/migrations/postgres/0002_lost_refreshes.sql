-- When a refresh token was exchanged: its answer may have been lost. Null where it was not, where it was replaced
-- unused, and where a version before this one has exchanged it.
ALTER TABLE refresh_tokens ADD COLUMN used_at timestamptz;
