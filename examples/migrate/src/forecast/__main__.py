"""The console script `forecast`. It counts its runs in the working directory, which is a volume."""

import json
import os
import sys

from . import __version__, forecast


def main():
    with open("runs", "a") as runs:
        runs.write("x")
    answer = {
        "forecast": forecast("sun", int(os.environ["DAYS"])),
        "owner": os.environ.get("OWNER"),
        "runs": os.path.getsize("runs"),
        "version": __version__,
    }
    if "--json" in sys.argv:
        print(json.dumps(answer, sort_keys=True))
    else:
        print(" ".join(answer["forecast"]), "by", __version__)


if __name__ == "__main__":
    main()
