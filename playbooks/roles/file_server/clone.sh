#!/bin/sh
# Share passwords of this lab, and an extract of residents whose size differs from lab to lab.
set -eu
set_password() {
  [ -n "$2" ] || return 0
  printf '%s\n%s\n' "$2" "$2" | smbpasswd -s -a "$1" >/dev/null
}
set_password jumin "${SECRET_SHARE_JUMIN:-}"
set_password somu "${SECRET_SHARE_SOMU:-}"
set_password joho "${SECRET_SHARE_JOHO:-}"
persons=$((1200 + 0x$(printf %s "$NODE_SEED" | cut -c1-6) % 900))
folder=/srv/kyoyu/住民課/宛名データ
head -n $((persons + 1)) /usr/share/residents/residents.csv > "$folder/宛名抽出.csv"
chgrp kyoyu "$folder/宛名抽出.csv"
chmod 0660 "$folder/宛名抽出.csv"
