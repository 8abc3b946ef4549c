#!/bin/sh
# Every check runs, whatever the one before has found; the exit status says whether all were content.
# The results go to /reports, which is a folder of the host (run.cfg).
status=0

flake8 --output-file=/reports/flake8.txt --tee || status=1
pytest --junitxml=/reports/junit.xml --cov=tally --cov-report=term --cov-report=xml:/reports/coverage.xml || status=1
tally --version > /reports/version.txt || status=1

# Whoever owns the folder on the host owns the results, too.
chown -R "$(stat -c %u:%g /reports)" /reports
exit $status
