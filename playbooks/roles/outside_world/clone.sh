#!/bin/sh
# The control key of named, made for each clone.
set -eu
umask 027
rndc-confgen -a -u bind >/dev/null 2>&1
