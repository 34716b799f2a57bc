#!/bin/sh
# Mailbox passwords of this lab. People without one cannot log in, but get mail.
set -eu
umask 027
: > /etc/dovecot/users
chgrp dovecot /etc/dovecot/users
add() {
  [ -n "$2" ] || return 0
  printf '%s@city.aozora.example:{CRYPT}%s\n' "$1" "$(printf %s "$2" | openssl passwd -6 -stdin)" >> /etc/dovecot/users
}
add csirt "${SECRET_MAIL_CSIRT:-}"
add tanaka "${SECRET_MAIL_TANAKA:-}"
add suzuki "${SECRET_MAIL_SUZUKI:-}"
add sato "${SECRET_MAIL_SATO:-}"
