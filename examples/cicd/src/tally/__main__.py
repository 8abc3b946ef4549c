"""The console script `tally`: counts the words of its standard input."""

import sys

from . import __version__, tally


def main():
    if "--version" in sys.argv[1:]:
        print(__version__)
        return
    for word, count in tally(sys.stdin.read()):
        print(f"{count}\t{word}")


if __name__ == "__main__":
    main()
