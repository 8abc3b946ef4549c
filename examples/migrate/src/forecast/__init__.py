"""A forecast: tomorrow is like today."""

from ._version import get_versions

__version__ = get_versions()["version"]


def forecast(today, days):
    return [today] * days
