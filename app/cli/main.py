"""The commands and where each one lives."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Final

from app.settings import SettingsProblem

Command = Callable[[argparse.Namespace], int]

COMMANDS: Final[Mapping[str, str]] = {
    "release": "app.cli.release",
    "web": "app.cli.web",
    "worker": "app.cli.worker",
    "clock": "app.cli.clock",
    "up": "app.cli.up",
    "link": "app.cli.link",
    "connect": "app.cli.connecting",
    "tier": "app.cli.inviting",
    "goodwill": "app.cli.goodwill",
    "reconcile": "app.cli.tasks",
    "drain": "app.cli.tasks",
    "recalculate": "app.cli.tasks",
    "rotate-keys": "app.cli.tasks",
    "do": "app.cli.tasks",
    "audit": "app.cli.audit",
    "alerts": "app.cli.alerts",
    "metrics": "app.cli.metrics",
    "backup": "app.cli.backup",
    "settlement": "app.cli.settlement",
    "merge": "app.cli.merging",
    "unmerge": "app.cli.merging",
    "group": "app.cli.group",
    "segments": "app.cli.segments",
    "referrals": "app.cli.referrals",
    "tasks": "app.cli.todo",
    "give": "app.cli.todo",
    "surveys": "app.cli.surveys",
    "hooks": "app.cli.hooks",
    "hooks-out": "app.cli.hooks_out",
    "recovery": "app.cli.recovery",
    "privacy": "app.cli.privacy",
    "cases": "app.cli.cases.command",
    "programme": "app.cli.programme.command",
}
"""Modules by name, each with an ``add``: a command starts without importing what only the others need.

Four processes start at once, and on two cores the imports are what people wait for.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 something is wrong with the data, 2 with the request."""
    told = sys.argv[1:] if arguments is None else list(arguments)
    options = _parser(told[0] if told else "").parse_args(told)
    run: Command = options.run
    try:
        return run(options)
    except SettingsProblem as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    except KeyboardInterrupt:
        return 130


def _parser(asked: str) -> argparse.ArgumentParser:
    """Return the parser of the command that was asked for; of all of them where it is none."""
    parser = argparse.ArgumentParser(prog="kizuna", description="Loyalty for online stores.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for module in dict.fromkeys([COMMANDS[asked]] if asked in COMMANDS else COMMANDS.values()):
        import_module(module).add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
