#!/bin/sh
# Every check runs, whatever the one before has found; the exit status says whether all were content.
# The results go to /reports, which is copied out of the container when it has ended (run.cfg), on any engine.
mkdir -p /reports
status=0

flake8 --output-file=/reports/flake8.txt --tee || status=1
pytest --junitxml=/reports/junit.xml --cov=tally --cov-report=term --cov-report=xml:/reports/coverage.xml || status=1
tally --version > /reports/version.txt || status=1

exit $status
