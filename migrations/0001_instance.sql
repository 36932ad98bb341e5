-- Which installation this database belongs to. The id is made once and goes wherever the data goes: into a dump, and with it into
-- another place. `places` says where it was seen, so that a copy or a move is noticed.
CREATE TABLE companion.instance (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  app_version text NOT NULL
);

CREATE TABLE companion.places (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  database_oid bigint NOT NULL,
  -- Of the cluster; missing where the role may not read it.
  system_identifier text,
  database_name text NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  app_version text NOT NULL
);

COMMENT ON SCHEMA companion IS 'Aperture Companion: identity of this installation and history of operations. Not used by Aperture.';
