#!/bin/sh
# Counts the rows of a file without its heading.
tail -n +2 "$1" | wc -l
