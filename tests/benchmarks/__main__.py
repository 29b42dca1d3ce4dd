"""``python -m tests.benchmarks [name…] [--profile]``: run benchmarks, print a table each, keep a line each."""

import argparse
from collections.abc import Callable
from typing import Final

from tests.benchmarks import figures, settling, webhooks
from tests.benchmarks.figures import Result
from tests.benchmarks.places import PLACES

Benchmark = Callable[[argparse.Namespace], Result]


def _settle(name: str, engine: str) -> Benchmark:
    def run(options: argparse.Namespace) -> Result:
        place = PLACES[engine]()
        try:
            return settling.run(place, name=name, profile=options.profile)
        finally:
            place.close()

    return run


def _answer(name: str, engine: str) -> Benchmark:
    def run(options: argparse.Namespace) -> Result:
        del options
        place = PLACES[engine]()
        try:
            return webhooks.run(place, name=name)
        finally:
            place.close()

    return run


BENCHMARKS: Final[dict[str, Benchmark]] = {
    "b1": _answer("b1", "postgresql"),
    "b2": _settle("b2", "postgresql"),
    "b11-b1": _answer("b11-b1", "sqlite"),
    "b11-b2": _settle("b11-b2", "sqlite"),
}


def main() -> None:
    """Run what is asked for, or everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], help="which; all without one")
    parser.add_argument("--profile", action="store_true", help="b2: also say where the time goes")
    options = parser.parse_args()
    for name in options.names or BENCHMARKS:
        result = BENCHMARKS[name](options)
        print(figures.table(result), flush=True)
        figures.keep(result)


main()
