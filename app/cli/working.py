"""The works of one command: opened when it begins, and its connections closed when it ends."""

import argparse
from collections.abc import Callable

from app.settings import settings
from jobs import house
from jobs.works import Works


def at_works(run: Callable[[Works, argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Return a command that needs the works, as one that needs its options only."""

    def command(options: argparse.Namespace) -> int:
        with house.opened(settings()) as works:
            return run(works, options)

    return command
