"""Run the benchmarks: all of them, or those named (``python -m benchmarks engine pages``)."""

import importlib
import sys

NAMES = ("engine", "pages", "ledger", "peers", "finding", "saving")


def main(names: list[str]) -> int:
    """Run each benchmark in turn; each prints its own table."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"There is no benchmark named {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
        return 2
    for name in names or NAMES:
        print(f"\n== {name}")
        importlib.import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
