"""The console script `barometer`."""

import sys

from . import __version__, weather


def main():
    if sys.argv[1:] == ["--version"]:
        print(f"barometer {__version__}")
    else:
        print(weather(float(sys.argv[1])))


if __name__ == "__main__":
    main()
