#!/bin/sh
# The user of this PC, with home folder, mail account and the notes that people leave behind.
set -eu
case "$NODE" in
  pc-2) login=suzuki; mail_password=${SECRET_MAIL_SUZUKI:-}; share=somu; share_password=${SECRET_SHARE_SOMU:-} ;;
  *) login=tanaka; mail_password=${SECRET_MAIL_TANAKA:-}; share=jumin; share_password=${SECRET_SHARE_JUMIN:-} ;;
esac
id "$login" >/dev/null 2>&1 || useradd -m -s /bin/bash "$login"
home=/home/$login
umask 077
mkdir -p "$home/Documents" "$home/Downloads" "$home/Mail" "$home/.config"
printf '%s\n' "$login" > /etc/staff-user
chmod 0644 /etc/staff-user
cat > "$home/.config/mail.ini" <<INI
[mail]
server = 10.10.10.25
address = $login@city.aozora.example
password = $mail_password
INI
printf 'username = %s\npassword = %s\n' "$share" "$share_password" > "$home/.config/share"
if [ "$login" = tanaka ]; then
  cat > "$home/Documents/memo.txt" <<MEMO
■ 自分用メモ（見られないように！）
・ファイルサーバ \\\\10.10.30.20\\kyoyu（臨時で端末から直接見られるようになった。情報政策課にお礼を言う）
  ID: jumin
  PW: $share_password
・ホームページの更新（広報課の手伝い）http://www.city.aozora.example/admin/
  ID: kouhou
  PW: ${SECRET_WEB_ADMIN:-}
・宛名抽出は毎月25日。宛名データの中のCSVを業者に渡す前に、課長へ一声。
・窓口の混雑予想を広報課へメールする（月末）
MEMO
  cat > "$home/Documents/窓口当番.txt" <<MEMO
4月の窓口当番: 月 田中 / 火 佐野 / 水 大西 / 木 田中 / 金 佐野
MEMO
else
  cat > "$home/Documents/hikitsugi.txt" <<MEMO
総務課 引き継ぎ
・共有フォルダ \\\\10.10.30.20\\kyoyu の総務課フォルダを使う
  ID: somu
  PW: $share_password
・職員名簿.csv は人事異動のたびに更新する
MEMO
  cat > "$home/Documents/会議メモ.txt" <<MEMO
課長会議: 繁忙期の応援体制、庁舎の空調更新、公用車の予約方法
MEMO
fi
chown -R "$login:$login" "$home"
