#!/bin/sh
# The administrator's and the operator's passwords of this lab.
set -eu
umask 077
hash_of() { printf %s "$1" > /run/ldap-pw; slappasswd -T /run/ldap-pw; }
[ -n "${SECRET_LDAP_ADMIN:-}" ] || exit 0
runuser -u openldap -- slapmodify -n 0 >/dev/null <<LDIF
dn: olcDatabase={1}mdb,cn=config
changetype: modify
replace: olcRootPW
olcRootPW: $(hash_of "$SECRET_LDAP_ADMIN")
LDIF
if [ -n "${SECRET_APP_OPERATOR:-}" ]; then
  runuser -u openldap -- slapmodify -n 1 >/dev/null <<LDIF
dn: uid=operator,ou=people,dc=city,dc=aozora,dc=example
changetype: modify
replace: userPassword
userPassword: $(hash_of "$SECRET_APP_OPERATOR")
LDIF
fi
rm -f /run/ldap-pw
