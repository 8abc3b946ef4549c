#!/bin/sh
# Installs what is mounted in place: Python then imports the files of the host themselves.
set -e
pip install --quiet --no-deps --no-build-isolation --editable .
exec "$@"
