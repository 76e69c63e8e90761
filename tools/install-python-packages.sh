#!/bin/sh
# Makes .venv and puts exactly the packages of requirements/development.txt and this project into it.
# Does nothing when they are there already.
set -eu
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1
export PIP_CONSTRAINT=
list=requirements/development.txt
stamp=.venv/installed

state() {
    cat "$list" pyproject.toml tools/make_*.py kiosk/reception/flow/texts.py kiosk/reception/locale/*/LC_MESSAGES/*.po && pwd
}
wanted=$(state | sha256sum | cut -d' ' -f1)
if [ -x .venv/bin/pip ] && [ -d admin_web/web/static/fonts ] && [ -d kiosk/screens/fonts ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

# An environment whose Python is gone, or which was interrupted while it was made, is made anew.
if ! .venv/bin/python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null ||
    ! .venv/bin/pip --version >/dev/null 2>&1; then
    python=$(tools/choose-python.sh)
    echo "Making the environment .venv with $("$python" --version) ..."
    "$python" -m venv --clear .venv
fi

echo "Installing $(grep -c '^[a-z0-9].*==' "$list") Python packages into .venv (only what is missing is fetched) ..."
.venv/bin/python -m pip install --no-deps --require-hashes -r "$list" | sed -u '/^Requirement already satisfied/d'
.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
echo "Cutting the office's web fonts from Debian's packages ..."
.venv/bin/python tools/make_fonts.py
echo "Making the reception screen's fonts, catalogues and recordings ..."
.venv/bin/python tools/make_screen_fonts.py
.venv/bin/python tools/make_catalogues.py
.venv/bin/python tools/make_recordings.py
echo "$wanted" >"$stamp"
echo "The Python packages are all there."
