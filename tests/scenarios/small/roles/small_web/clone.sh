#!/bin/sh
# Each lab's draft has its own reference number.
set -eu
printf 'Budget (draft, confidential)\nReference: %s\n' "$SECRET_DRAFT" > /srv/small-web/drafts/budget.txt
