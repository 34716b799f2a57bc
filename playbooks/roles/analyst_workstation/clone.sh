#!/bin/sh
# The team's mailbox, read with mutt.
set -eu
umask 077
cat > /home/trainee/.muttrc <<RC
set imap_user = "csirt@city.aozora.example"
set imap_pass = "${SECRET_MAIL_CSIRT:-}"
set folder = "imap://10.10.10.25/"
set spoolfile = "+INBOX"
set smtp_url = "smtp://10.10.10.25:25/"
set from = "csirt@city.aozora.example"
set realname = "あおぞら市 CSIRT"
set ssl_starttls = no
set ssl_force_tls = no
set charset = utf-8
RC
chown trainee:trainee /home/trainee/.muttrc
