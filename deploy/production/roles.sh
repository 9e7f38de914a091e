#!/bin/sh
# Creates the database's roles and, as their owner, the database `lapor`. Run once as superuser;
# the passwords come from the environment (LAPOR_OWNER_PASSWORD, LAPOR_INTAKE_PASSWORD, …).
set -eu
for role in owner intake routing followup reporting notification worker relay backup; do
  variable="LAPOR_$(echo "$role" | tr '[:lower:]' '[:upper:]')_PASSWORD"
  eval "password=\${$variable:?is not set}"
  psql -v ON_ERROR_STOP=1 -v role="lapor_$role" -v password="$password" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN PASSWORD %L', :'role', :'password') \gexec
SQL
done
psql -v ON_ERROR_STOP=1 -c 'ALTER ROLE lapor_backup REPLICATION; GRANT pg_read_all_data TO lapor_backup'
# `lapor backup keep` receives the log over the same address as the others.
if [ -n "${PGDATA:-}" ]; then
  echo 'host replication lapor_backup all scram-sha-256' >> "$PGDATA/pg_hba.conf"
fi
psql -v ON_ERROR_STOP=1 -c 'CREATE DATABASE lapor OWNER lapor_owner'
