"""``kizuna web``, ``worker`` and ``clock``: the processes of the Procfile, the same on a laptop and in production."""

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

from app.cli import logs
from app.settings import settings
from jobs.clock import run as run_clock
from jobs.worker import run as run_worker

_APPLICATION = "app.factory:application"


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    commands.add_parser("web", help="answer HTTP").set_defaults(run=web)
    commands.add_parser("worker", help="do what waits").set_defaults(run=worker)
    commands.add_parser("clock", help="keep the timetable").set_defaults(run=clock)


def web(options: argparse.Namespace) -> int:
    """Become the server that answers HTTP: gunicorn in production, waitress (pure Python, no fork) elsewhere.

    Both build the application themselves, gunicorn in each worker after its fork, so that no connection crosses.
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
    _become(
        "waitress-serve",
        f"--host={chosen.host}",
        f"--port={chosen.port}",
        "--threads=8",
        "--ident=kizuna",
        "--call",
        _APPLICATION,
    )


def _become(program: str, *words: str) -> NoReturn:
    place = str(Path(sys.executable).with_name(program))
    os.execv(place, [place, *words])  # noqa: S606 - a server of ours with words of ours


def worker(options: argparse.Namespace) -> int:
    """Do what waits."""
    del options
    chosen = settings()
    logs.configure(machine=chosen.production)
    run_worker(chosen)
    return 0


def clock(options: argparse.Namespace) -> int:
    """Keep the timetable."""
    del options
    chosen = settings()
    logs.configure(machine=chosen.production)
    run_clock(chosen)
    return 0
