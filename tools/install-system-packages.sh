#!/bin/sh
# Installs the Debian packages that a wish needs and that are missing; asks for root only then.
# usage: tools/install-system-packages.sh demo|test
# No service that comes with them is started; a service that was there before is not touched.
set -eu
wish=${1:?say for which wish: demo or test}
here=$(cd "$(dirname "$0")" && pwd)
missing=""

need() { # need PACKAGE CONDITION...
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}

has() { # a program, on the path or where Debian keeps the servers
    command -v "$1" || test -x "/usr/sbin/$1"
}

python_makes_environments() {
    "$("$here/choose-python.sh")" -c 'import ensurepip, venv'
}

has_postgresql() {
    for found in /usr/lib/postgresql/*/bin/postgres; do test -x "$found" && return 0; done
    return 1
}

has_font() {
    test -d "/usr/share/fonts/truetype/$1" || test -d "/usr/share/fonts/opentype/$1"
}

has_noto() {
    find /usr/share/fonts -name 'NotoNastaliqUrdu-Regular.*' | grep -q .
}

has_library() {
    ldconfig -p 2>/dev/null | grep -q "$1" || /sbin/ldconfig -p | grep -q "$1"
}

test -x .venv/bin/pip || need python3-venv python_makes_environments
need mosquitto has mosquitto
need fonts-sil-andika has_font andika
need fonts-inter has_font inter
need fonts-noto-core has_noto
need espeak-ng has espeak-ng
need libgl1 has_library libGL.so.1
need libgl1-mesa-dri test -d "/usr/lib/$(uname -m)-linux-gnu/dri"
need libfribidi0 has_library libfribidi.so.0
need xvfb has Xvfb
need xdotool has xdotool
if [ "$wish" = test ]; then
    need chromium has chromium
    need imagemagick has import
    need postgresql has_postgresql
    need systemd has systemd-analyze
    need util-linux has setpriv
fi

[ -n "$missing" ] || exit 0
echo "Missing on this machine:$missing"
if ! command -v apt-get >/dev/null; then
    echo "There is no apt-get here. Install the programs behind these Debian packages yourself, then ask again." >&2
    exit 1
fi
install="$here/install-debian-packages.sh$missing"
if [ "$(id -u)" = 0 ]; then
    exec $install
elif command -v sudo >/dev/null; then
    echo "Installing them needs root; sudo asks for your password."
    exec sudo $install
elif command -v su >/dev/null && [ -t 0 ]; then
    echo "Installing them needs root; su asks for root's password."
    exec su root -c "$install"
fi
echo "Installing them needs root. As root, run: apt-get install$missing" >&2
exit 1
