"""The console script `readings`: a table of the means of all CSV files in a folder."""

import pathlib
import sys

from tabulate import tabulate

from . import __version__, means, read


def main():
    rows = [row for path in sorted(pathlib.Path(sys.argv[1]).glob("*.csv")) for row in read(path)]
    print(tabulate(sorted(means(rows).items()), headers=["sensor", "mean"]))
    print(f"readings {__version__}")


if __name__ == "__main__":
    main()
