#!/bin/sh
# The database password of this lab.
set -eu
umask 027
printf 'password = "%s"\n' "${SECRET_DB_APP:-}" > /etc/resident-app/secret.ini
chgrp www-data /etc/resident-app/secret.ini
