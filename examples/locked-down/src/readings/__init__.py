"""Means of sensor readings."""

import csv

try:
    from ._version import get_versions

    __version__ = get_versions()["version"]
except ImportError:  # in a checkout, where no build has put it
    __version__ = "0+unknown"


def means(rows):
    """Return `{sensor: mean}` of rows of sensor and value."""
    values = {}
    for sensor, value in rows:
        values.setdefault(sensor, []).append(float(value))
    return {sensor: sum(all_of_it) / len(all_of_it) for sensor, all_of_it in values.items()}


def read(path):
    """Read a CSV file of sensor and value."""
    with open(path, newline="") as file:
        return list(csv.reader(file))
