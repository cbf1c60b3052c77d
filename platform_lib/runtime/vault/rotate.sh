#!/bin/sh
# Rotates the file of the audit device: the engine appends for ever, and opens the file anew on SIGHUP.
#
# AUDIT_FILE    the file
# PID_FILE      where the server tells its process id
# MOST_BYTES    size at which the file is rotated
# KEEP          how many rotated files are kept
# EVERY_SECONDS how often it looks
set -eu
trap 'exit 0' TERM INT

while true; do
  if [ -f "$AUDIT_FILE" ] && [ -f "$PID_FILE" ] && [ "$(wc -c <"$AUDIT_FILE")" -ge "$MOST_BYTES" ]; then
    number=$KEEP
    rm -f "$AUDIT_FILE.$number"
    while [ "$number" -gt 1 ]; do
      older=$((number - 1))
      if [ -f "$AUDIT_FILE.$older" ]; then
        mv "$AUDIT_FILE.$older" "$AUDIT_FILE.$number"
      fi
      number=$older
    done
    mv "$AUDIT_FILE" "$AUDIT_FILE.1"
    kill -HUP "$(cat "$PID_FILE")"
  fi
  sleep "$EVERY_SECONDS" &
  wait $!
done
