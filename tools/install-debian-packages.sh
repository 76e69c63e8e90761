#!/bin/sh
# Run as root: installs the named Debian packages without letting any of them start a service.
# usage: tools/install-debian-packages.sh PACKAGE...
# A policy-rc.d answers "no" to every start for the length of this one apt call and is taken away again. If the
# machine has one already, it is left as it is: ours covers it in a mount namespace that only this apt call sees.
set -eu
policy=/usr/sbin/policy-rc.d

had() { # was this unit known before?
    for folder in /etc/systemd/system /lib/systemd/system /usr/lib/systemd/system; do
        test -e "$folder/$1" && return 0
    done
    return 1
}

new_services=""
for unit in mosquitto.service postgresql.service; do
    had "$unit" || new_services="$new_services $unit"
done

ours=$(mktemp)
printf '#!/bin/sh\n# Put here for one apt call by the set-up of Phonekeep; nothing starts meanwhile.\nexit 101\n' >"$ours"
chmod 755 "$ours"
made=""
tidy() {
    rm -f "$ours"
    [ -z "$made" ] || rm -f "$policy"
}
trap tidy EXIT
trap 'exit 130' INT TERM HUP

export DEBIAN_FRONTEND=noninteractive
install() {
    if [ -e "$policy" ] || [ -L "$policy" ]; then
        if ! unshare --mount true 2>/dev/null; then
            echo "This machine has a $policy of its own, which may let services start, and it cannot be covered here." >&2
            echo "Install them yourself: apt-get install --no-install-recommends $names" >&2
            exit 1
        fi
        unshare --mount sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh "$ours" "$policy" "$@"
    else
        # noclobber: should another program put one here at this very moment, it stays and we stop.
        (set -C && cat "$ours" >"$policy") || exit 1
        made=yes
        chmod 755 "$policy"
        "$@"
    fi
}

echo "Asking Debian for its newest lists ..."
apt-get update -q
echo "Installing: $*"
names=$*
install apt-get install -q -y --no-install-recommends "$@"

# A unit that came only now would start at the next boot; ours are private and need none of them.
if command -v systemctl >/dev/null; then
    for unit in $new_services; do
        if had "$unit"; then
            systemctl disable --quiet "$unit" 2>/dev/null || echo "$unit stays enabled: systemctl disable $unit switches it off."
        fi
    done
fi
echo "Installed: $*. No service was started."
