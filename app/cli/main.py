"""The commands and where each one lives."""

import argparse
import sys
from collections.abc import Callable, Sequence

from app.cli import audit, connecting, link, processes, release, tasks, up
from app.cli.cases import command as cases
from app.settings import SettingsProblem

Command = Callable[[argparse.Namespace], int]

_ADD: tuple[Callable[["argparse._SubParsersAction[argparse.ArgumentParser]"], None], ...] = (
    release.add,
    processes.add,
    up.add,
    link.add,
    connecting.add,
    tasks.add,
    audit.add,
    cases.add,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 something is wrong with the data, 2 with the request."""
    parser = argparse.ArgumentParser(prog="kizuna", description="Loyalty for online stores.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for add in _ADD:
        add(commands)
    options = parser.parse_args(arguments)
    run: Command = options.run
    try:
        return run(options)
    except SettingsProblem as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
