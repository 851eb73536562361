#!/bin/sh
# Runs a command as a user who has just been born: an empty home, a D-Bus session of its own and an unlocked, throw-away
# Secret Service. Tests of the keychain are real this way, and cannot reach the developer's own data or keys.
#
#   test/with-keyring.sh COMMAND [ARGUMENT…]
set -eu

if [ -n "${LAZULI_TEST_HOME:-}" ]; then exec "$@"; fi

home=$(mktemp -d "${TMPDIR:-/tmp}/lazuli-test.XXXXXX")
trap 'rm -rf "$home"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -m 700 "$home/config" "$home/data" "$home/cache" "$home/state" "$home/runtime"

export LAZULI_TEST_HOME="$home"
export HOME="$home" XDG_CONFIG_HOME="$home/config" XDG_DATA_HOME="$home/data"
export XDG_CACHE_HOME="$home/cache" XDG_STATE_HOME="$home/state" XDG_RUNTIME_DIR="$home/runtime"
# A keyring of the developer's desktop session must not be found through what it left in the environment.
unset DBUS_SESSION_BUS_ADDRESS GNOME_KEYRING_CONTROL SSH_AUTH_SOCK

# The bus talks about limits and activations; that goes to a file, and the command keeps the real stderr as 3.
dbus-run-session -- sh -c '
  owned() {
    dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
      org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q "boolean true"
  }
  unlocked() {
    dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets/collection/login \
      org.freedesktop.DBus.Properties.Get string:org.freedesktop.Secret.Collection string:Locked |
      grep -q "boolean false"
  }

  # The daemon reads the password of a new login keyring from stdin; it stays in the foreground so that $! is its id.
  printf %s throw-away | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null &
  daemon=$!
  trap "kill $daemon 2>/dev/null || true" EXIT

  # Asking for the collection before the name is owned would make the bus start a second, locked daemon.
  tries=0
  until owned && unlocked; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ] || ! kill -0 "$daemon" 2>/dev/null; then
      echo "with-keyring.sh: gnome-keyring-daemon did not unlock its keyring:" >&3
      cat "$HOME/session.log" >&3
      exit 1
    fi
    sleep 0.1
  done

  "$@" 2>&3 3>&-
' sh "$@" 3>&2 2>"$home/session.log"
