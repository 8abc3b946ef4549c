"""A greeting, and the version of the code that gives it."""

from ._version import get_versions

__version__ = get_versions()["version"]


def greet(name):
    """Return the greeting for `name`."""
    return f"Hello, {name}!"
