#!/usr/bin/env bash
# Makes .stacks/NAME, the environment of one stack, from its pins beside this file.
#   environment.sh NAME PYTHON [SITE_PACKAGES]
# NAME.nodeps.txt is installed without what it asks for. SITE_PACKAGES, of the project's own
# environment, comes last on the path: what fits the stack's pins is not fetched again.
# It is left out where the Python is another.
set -euo pipefail
cd "$(dirname "$0")/../.."
name=$1 python=$2 shared=${3-}
pins=tests/stacks/$name
venv=.stacks/$name
rm -rf "$venv"
"$python" -m venv "$venv"
pip=("$venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check)
if [ -n "$shared" ]; then
  site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  echo "$shared" > "$site/shared.pth"
fi
if [ -f "$pins.nodeps.txt" ]; then
  "${pip[@]}" --no-deps -r "$pins.nodeps.txt"
fi
"${pip[@]}" -e . pytest -r "$pins.txt"
touch "$venv/.made"
