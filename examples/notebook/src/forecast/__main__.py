"""`python -m forecast FILE.csv`: forecasts the next value of a file's last column."""

import csv
import sys

from . import forecast

with open(sys.argv[1], newline="") as file:
    rows = list(csv.reader(file))[1:]
print(f"next: {forecast([float(row[-1]) for row in rows]):g}")
