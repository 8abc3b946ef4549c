"""Air pressure in words."""

from ._version import get_versions

__version__ = get_versions()["version"]


def weather(hectopascal):
    return "fair" if hectopascal > 1013 else "rain"
