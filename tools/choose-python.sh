#!/bin/sh
# Prints the Python to build .venv with: the first of python3, 3.13, 3.12, 3.11 that the lists in requirements/ are for.
set -eu
for python in ${PYTHON:-python3} python3.13 python3.12 python3.11 /usr/bin/python3; do
    if "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        command -v "$python"
        exit 0
    fi
done
echo "Phonekeep needs Python 3.11, 3.12 or 3.13 and found none. On Debian 12 or 13: apt-get install python3" >&2
exit 1
