#!/bin/sh
# Restores a snapshot into a server of its own, which nobody else reaches, and checks that it holds what it should.
#
# COMMAND     the binary; PREFIX of its environment variables
# CONFIG      folder with drill.json; ADDRESS that it listens at
# CA_FILE     authority of its certificate; SERVER_NAME that it carries
# FOLDER      with the snapshot and the id of its cluster
# MOST_TRIES  how often each step is asked for, a second apart
# TOKEN_FILE  token for a transit seal; empty for another seal
set -eu
umask 077

if [ -n "${TOKEN_FILE:-}" ]; then
  token=$(cat "$TOKEN_FILE")
  export "${PREFIX}_TOKEN=$token"
fi
"$COMMAND" server "-config=$CONFIG/drill.json" >"$FOLDER/server.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
unset "${PREFIX}_TOKEN"
# Only now: a transit seal would take them for those of its own server.
export "${PREFIX}_ADDR=$ADDRESS" "${PREFIX}_CACERT=$CA_FILE" "${PREFIX}_TLS_SERVER_NAME=$SERVER_NAME"

# What a command has to answer: 0 for init -status is initialised, 2 is not; 0 for status is unsealed.
until_answer() {
  wanted=$1
  shift
  tries=0
  while true; do
    answer=0
    "$@" >/dev/null 2>&1 || answer=$?
    if [ "$answer" -eq "$wanted" ]; then
      return 0
    fi
    tries=$((tries + 1))
    if [ "$tries" -ge "$MOST_TRIES" ] || ! kill -0 "$server" 2>/dev/null; then
      echo "waited in vain for $wanted from: $*" >&2
      grep -E '"@level":"(warn|error)"' "$FOLDER/server.log" | tail -n 20 >&2 || true
      return 1
    fi
    sleep 1
  done
}

cluster_id() {
  "$COMMAND" status -format=json | sed -n 's/.*"cluster_id": *"\([^"]*\)".*/\1/p'
}

until_answer 2 "$COMMAND" operator init -status
# Keys and token are of the empty server, and end with it when the snapshot takes its place.
token=$("$COMMAND" operator init -format=json -recovery-shares=1 -recovery-threshold=1 \
  | sed -n 's/.*"root_token": *"\([^"]*\)".*/\1/p')
until_answer 0 "$COMMAND" status
export "${PREFIX}_TOKEN=$token"
until_answer 0 "$COMMAND" operator raft list-peers
"$COMMAND" operator raft snapshot restore -force "$FOLDER/snapshot"
unset "${PREFIX}_TOKEN"

cluster=$(cat "$FOLDER/cluster-id")
tries=0
until [ "$(cluster_id || true)" = "$cluster" ]; do
  tries=$((tries + 1))
  if [ "$tries" -ge "$MOST_TRIES" ]; then
    echo "the restored server is not cluster $cluster" >&2
    exit 1
  fi
  sleep 1
done
until_answer 0 "$COMMAND" status
echo "restored and unsealed cluster $cluster"
