-- What was done to this installation, from whichever computer. Written once an operation has ended; the app keeps the newest only.
CREATE TABLE companion.operations (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  state text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  -- The computer that it ran on, and what started it there.
  host text NOT NULL,
  started_by text NOT NULL,
  -- Keys of statements with their values, never words; redacted.
  outcome jsonb,
  problem jsonb,
  app_version text NOT NULL
);

CREATE INDEX operations_newest ON companion.operations (started_at DESC);
