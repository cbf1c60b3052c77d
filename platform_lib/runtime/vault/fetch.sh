#!/bin/sh
# Gets the newest snapshot, and fails where there is none or it is too old.
#
# BUCKET, PLACE  where snapshots are
# MOST_SECONDS   how old the newest one may be
# FOLDER         where it goes, with the id of its cluster
set -eu
umask 077

# Names begin with the time, so that the last one in their order is the newest.
newest=$(aws s3api list-objects-v2 --bucket "$BUCKET" --prefix "$PLACE/" --query 'sort_by(Contents || `[]`, &Key)[-1].Key' --output text)
case "$newest" in
  "$PLACE"/*.snapshot) ;;
  *) echo "there is no snapshot in $BUCKET" >&2; exit 1 ;;
esac
name=${newest##*/}
stamp=${name%%_*}
taken=$(date -u -d "$(echo "$stamp" | sed 's/T\(..\)\(..\)\(..\)Z/ \1:\2:\3/')" +%s)
age=$(($(date -u +%s) - taken))
if [ "$age" -gt "$MOST_SECONDS" ]; then
  echo "the newest snapshot is $age s old, more than $MOST_SECONDS s: $name" >&2
  exit 1
fi
cluster=${name#*_}
echo "${cluster%.snapshot}" >"$FOLDER/cluster-id"
aws s3 cp --only-show-errors "s3://$BUCKET/$newest" "$FOLDER/snapshot"
echo "fetched $name, $age s old"
