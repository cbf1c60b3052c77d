#!/bin/sh
# Puts a snapshot into the bucket, under a name that tells its time and its cluster.
#
# FOLDER         with the snapshot
# BUCKET, PLACE  where it goes
set -eu

name="$(date -u +%Y-%m-%dT%H%M%SZ)_$(cat "$FOLDER/cluster-id").snapshot"
aws s3 cp --only-show-errors "$FOLDER/snapshot" "s3://$BUCKET/$PLACE/$name"
echo "stored $name"
