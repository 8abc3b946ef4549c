"""The console script `thermo`."""

import sys

from . import celsius


def main():
    for word in sys.argv[1:]:
        print(f"{word} °F = {celsius(float(word))} °C")


if __name__ == "__main__":
    main()
