"""The console script `greeter`."""

import sys

from . import __version__, greet


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else "world"
    print(f"{greet(name)} This is greeter {__version__}.")


if __name__ == "__main__":
    main()
