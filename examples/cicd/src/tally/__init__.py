"""Counts words. The version is what genversion put beside this file when the image was built."""

from collections import Counter

try:
    from ._version import get_versions
except ImportError:
    __version__ = "0+unknown"
else:
    __version__ = get_versions()["version"]


def tally(text):
    return Counter(text.lower().split()).most_common()
