#!/bin/sh
# The editor's password of this lab.
set -eu
umask 027
[ -n "${SECRET_WEB_ADMIN:-}" ] || exit 0
/usr/local/sbin/www-passwd kouhou "$SECRET_WEB_ADMIN" >/dev/null
