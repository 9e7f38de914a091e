#!/bin/sh
# Collects in folder $1 what processes need of this Debian: Python, the libraries that Python and the
# packages below folder $2 load, certificates, time zones, and a shell with `cp`, which Postgres calls
# as it restores a backup. There is no package manager, no Perl, and nothing that changes the user.
set -eu
root=$1 packages=$2
base=$(python3 -c 'import sys; print(sys.base_prefix)')
version=$(python3 -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
library=$base/lib/$version

# Copies file $1, whatever it links to, to its place: /lib is /usr/lib here and there.
keep() {
  mkdir -p "$root$(realpath "$(dirname "$1")")"
  cp --dereference "$1" "$root$(realpath "$(dirname "$1")")/"
}

mkdir -p "$root/usr/bin" "$root/usr/lib" "$root/usr/lib64" "$root/tmp" "$root/home/lapor"
ln -s usr/bin usr/lib usr/lib64 "$root/"
chmod 1777 "$root/tmp"
chown 10001 "$root/home/lapor"

mkdir -p "$root$library"
tar --create --directory "$library" --exclude-from - . <<EOF | tar --extract --directory "$root$library"
./test
./idlelib
./tkinter
./turtledemo
./ensurepip
./lib2to3
./site-packages/*
./config-*
__pycache__
EOF
keep "$base/bin/$version"
ln -s "$version" "$root$base/bin/python3"
for program in sh cp cat ls env; do
  keep "$(command -v $program)"
done

loaded=$(find "$root" "$packages" -type f \( -name '*.so' -o -name '*.so.*' -o -path '*/bin/*' \))
# `ldd` says nothing of what is no program, such as a script.
ldd $loaded 2>/dev/null | awk '$2 == "=>" && $3 ~ "^/" {print $3} $1 ~ "^/.*ld-linux" {print $1}' |
  grep -v "^$packages/" | sort -u | while read -r library; do keep "$library"; done
keep "$(ldconfig -p | awk '$1 == "libgcc_s.so.1" {print $NF; exit}')"  # loaded as a thread ends

for file in passwd group nsswitch.conf os-release ld.so.conf ssl/openssl.cnf ssl/certs/ca-certificates.crt; do
  keep "/etc/$file"
done
cp -a /etc/ld.so.conf.d "$root/etc/"
mkdir -p "$root/usr/share"
cp -a /usr/share/zoneinfo "$root/usr/share/"
# Where OpenSSL looks, Debian's and one compiled by hand.
for place in /usr/lib/ssl /usr/local/ssl; do
  mkdir -p "$root$place"
  ln -s /etc/ssl/certs/ca-certificates.crt "$root$place/cert.pem"
  ln -s /etc/ssl/certs "$root$place/certs"
done
ldconfig -r "$root"

# Scanners for known vulnerabilities read here of which packages the files are. Debian knows some of them
# by /lib, some by /usr/lib.
mkdir -p "$root/var/lib/dpkg/status.d"
find "$root" -type f | sed "s,^$root,,; p; s,^/usr/,/," | xargs dpkg -S 2>/dev/null |
  grep -v '^diversion' | cut -d: -f1 | sort -u |
  while read -r package; do dpkg -s "$package" >"$root/var/lib/dpkg/status.d/$package"; done
