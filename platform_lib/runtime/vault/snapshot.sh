#!/bin/sh
# Takes a snapshot, as a service account that may do nothing else.
#
# COMMAND     the binary; PREFIX of its environment variables
# LOGIN       path of the auth method; ROLE that it asks for
# TOKEN_FILE  token of the service account
# FOLDER      where the snapshot and the id of its cluster go
set -eu
umask 077

token=$("$COMMAND" write -field=token "$LOGIN/login" "role=$ROLE" "jwt=@$TOKEN_FILE")
export "${PREFIX}_TOKEN=$token"
"$COMMAND" operator raft snapshot save "$FOLDER/snapshot"
"$COMMAND" status -format=json | sed -n 's/.*"cluster_id": *"\([^"]*\)".*/\1/p' >"$FOLDER/cluster-id"
test -s "$FOLDER/snapshot"
test -s "$FOLDER/cluster-id"
