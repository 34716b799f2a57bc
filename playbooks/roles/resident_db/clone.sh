#!/bin/sh
# The application's password of this lab, set before the server starts. Only its verifier is stored.
set -eu
[ -n "${SECRET_DB_APP:-}" ] || exit 0
printf "ALTER ROLE app PASSWORD '%s';\n" "$SECRET_DB_APP" | runuser -u postgres -- \
  /usr/lib/postgresql/15/bin/postgres --single -D /var/lib/postgresql/15/main \
  -c config_file=/etc/postgresql/15/main/postgresql.conf postgres >/dev/null
