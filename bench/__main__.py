"""``python -m bench``: make the reference year, measure the product against the raw engine, write RESULTS.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from bench.measure import Bench
from bench.report import as_markdown

FULL, QUICK = 1.0, 1 / 20
RESULTS = Path(__file__).with_name("RESULTS.md")


def main(arguments: list[str]) -> int:
    """Exit code 0 where every target is met, 1 where one is not."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--dir", type=Path, help="folder for the reference data and databases (kept); default: temporary"
    )
    parser.add_argument("--quick", action="store_true", help="a twentieth of the year, SQLite only; targets not judged")
    parser.add_argument("--no-postgresql", action="store_true", help="measure SQLite only")
    parser.add_argument("--out", type=Path, help="file for the table; default: bench/RESULTS.md, nothing when --quick")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench") as temporary:
        folder = (options.dir or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(folder, QUICK if options.quick else FULL, quick=options.quick)
        results = bench.all(postgresql=not (options.quick or options.no_postgresql))
    table = as_markdown(results, "Benchmark results", bench.size())
    print(table)
    out = options.out or (None if options.quick else RESULTS)
    if out:
        out.write_text(table, encoding="utf-8")
    return 0 if all(result.passed is not False for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
