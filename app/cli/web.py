"""``kizuna web``: the process that answers HTTP, the same on a laptop and in production."""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from waitress import runner

from app.settings import settings

_APPLICATION = "app.factory:application"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    commands.add_parser("web", help="answer HTTP").set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Become the server that answers HTTP: gunicorn in production, waitress (pure Python, no fork) elsewhere.

    Both build the application themselves, gunicorn in each worker after its fork, so that no connection crosses;
    waitress in this process, which has read the settings already.
    """
    del options
    chosen = settings()
    if chosen.production:
        workers = str(max(2, os.cpu_count() or 2))
        bind = f"{chosen.host}:{chosen.port}"
        _become(
            "gunicorn",
            "--bind",
            bind,
            "--workers",
            workers,
            "--threads",
            "8",
            "--no-control-socket",
            f"{_APPLICATION}()",
        )
    signal.signal(signal.SIGTERM, _finish)
    place = (f"--host={chosen.host}", f"--port={chosen.port}")
    runner.run(["waitress-serve", *place, "--threads=8", "--ident=kizuna", "--call", _APPLICATION])
    return 0


def _finish(number: int, frame: FrameType | None) -> NoReturn:
    """End after the requests at hand are answered: waitress hears the same word as for Ctrl-C."""
    del number, frame
    raise SystemExit(0)


def _become(program: str, *words: str) -> NoReturn:
    place = str(Path(sys.executable).with_name(program))
    os.execv(place, [place, *words])  # noqa: S606 - a server of ours with words of ours
