#!/bin/sh
# Writes requirements/*.txt from requirements/*.in: every package with its version and the hash of every file of it.
# usage: tools/lock-requirements.sh [PYTHON...]   (one of each version that is supported; by default python3.11 - 3.13)
# The lists must come out equal for all of them, or there has to be one list a version: then this script says so.
set -eu
cd "$(dirname "$0")/../requirements"
[ $# -gt 0 ] || set -- python3.11 python3.12 python3.13
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in device reception central development; do
    for python in "$@"; do
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        [ -x "$work/$version/bin/pip" ] || { "$python" -m venv "$work/$version" && "$work/$version/bin/pip" install -q pip-tools; }
        cp "$name.txt" "$work/$name-$version.txt" 2>/dev/null || :
        "$work/$version/bin/pip-compile" --quiet --generate-hashes --allow-unsafe --strip-extras --no-annotate --no-header \
            --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
            --output-file "$work/$name-$version.txt" "$name.in"
        cmp -s "$work/$name-$version.txt" "$work/$name-first.txt" 2>/dev/null ||
            { [ -e "$work/$name-first.txt" ] && echo "$name: the list for $version differs" && exit 1; } ||
            cp "$work/$name-$version.txt" "$work/$name-first.txt"
    done
done
for name in device reception central development; do
    {
        echo "# Complete list for CPython 3.11 to 3.13, made by tools/lock-requirements.sh from $name.in."
        echo "# pip install --no-deps --require-hashes -r requirements/$name.txt"
        cat "$work/$name-first.txt"
        # The chip class names RPi.GPIO and spidev, which exist only on a Pi: it is pinned here, without what it asks for.
        [ "$name" = central ] || cat chip.in
    } >"$name.txt"
done
