#!/bin/sh
# Installs the mounted project in place, so that an edit on the host is seen at once.
set -e
pip install --quiet --no-deps --no-build-isolation -e .
exec "$@"
