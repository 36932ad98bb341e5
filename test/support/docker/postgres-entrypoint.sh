#!/bin/sh
# Entrypoint of the PostgreSQL images of the tests: the variables and lines of the image that Aperture's compose files use.
set -eu
PGDATA=${PGDATA:-/var/lib/postgresql/data}
export PGDATA
if [ "${1:-postgres}" != postgres ]; then exec "$@"; fi
shift || true
mkdir -p "$PGDATA" /run/postgresql
chown -R postgres:postgres "$PGDATA" /run/postgresql
chmod 700 "$PGDATA"
as_postgres() { su -s /bin/sh -c 'exec "$@"' -- postgres sh "$@"; }
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "${POSTGRES_PASSWORD:-}" ]; then
    echo 'Error: Database is uninitialized and superuser password is not specified.' >&2
    echo '       You must specify POSTGRES_PASSWORD to a non-empty value for the superuser.' >&2
    exit 1
  fi
  user=${POSTGRES_USER:-postgres}
  database=${POSTGRES_DB:-$user}
  umask 077
  printf '%s\n' "$POSTGRES_PASSWORD" >/run/postgresql/password
  chown postgres:postgres /run/postgresql/password
  as_postgres initdb -D "$PGDATA" -U "$user" --pwfile=/run/postgresql/password --auth-host=scram-sha-256 \
    --auth-local=trust --no-sync --locale=C.UTF-8 --encoding=UTF8
  rm /run/postgresql/password
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
  if [ "$database" != postgres ]; then
    printf 'CREATE DATABASE "%s";\n' "$(printf %s "$database" | sed 's/"/""/g')" >/run/postgresql/create.sql
    chown postgres:postgres /run/postgresql/create.sql
    as_postgres sh -c 'exec postgres --single -j -D "$PGDATA" template1 </run/postgresql/create.sql' >/dev/null
    rm /run/postgresql/create.sql
  fi
  echo
  echo 'PostgreSQL init process complete; ready for start up.'
  echo
fi
exec su -s /bin/sh -c 'exec "$@"' -- postgres sh postgres "$@"
