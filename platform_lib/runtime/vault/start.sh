#!/bin/sh
# Starts a server; it takes the place of this shell, so that it gets the signals of its container.
#
# COMMAND     the binary; PREFIX of its environment variables
# CONFIG      folder with server.json, and initialise.json where the engine initialises itself
# NODE        name of this node; FIRST_NODE that of the one that may initialise
# PEERS       addresses of all nodes; CA_FILE and SERVER_NAME by which they are known
# TOKEN_FILE  token for a transit seal; empty for another seal
set -eu

# The first node initialises only where nobody has: one that lost its volume must join the others, not begin anew.
initialised() {
  for peer in $PEERS; do
    if env "${PREFIX}_CLIENT_TIMEOUT=5" "${PREFIX}_MAX_RETRIES=0" "$COMMAND" operator init -status \
      "-address=$peer" "-ca-cert=$CA_FILE" "-tls-server-name=$SERVER_NAME" >/dev/null 2>&1; then
      return 0
    fi
  done
  return 1
}

if [ -n "${TOKEN_FILE:-}" ]; then
  token=$(cat "$TOKEN_FILE")
  export "${PREFIX}_TOKEN=$token"
fi

set -- "-config=$CONFIG/server.json"
if [ "$NODE" = "$FIRST_NODE" ] && [ -f "$CONFIG/initialise.json" ] && ! initialised; then
  set -- "$@" "-config=$CONFIG/initialise.json"
fi
exec "$COMMAND" server "$@"
