"""``kizuna reconcile``, ``sweep``, ``recalculate``, ``drain``: jobs done now, by hand, in this process."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from app.cli import logs
from app.cli.working import at_works
from app.settings import settings
from jobs import inbox, members, outbox, reconcile, schedule
from jobs.audit import programmes
from jobs.rotate import rotate
from jobs.sweep import sweep
from jobs.works import Works


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    for name, what, perform in (
        ("reconcile", "ask every shop what changed and put it into the inbox", _reconcile),
        ("drain", "work through inboxes, outboxes and due members until nothing waits", _drain),
        ("recalculate", "judge every member again", _recalculate),
        ("rotate-keys", "seal everything anew under the newest encryption key", _rotate),
    ):
        parser = commands.add_parser(name, help=what)
        parser.set_defaults(run=_with_works(perform))
    parser = commands.add_parser("do", help="do one job of the timetable now")
    parser.add_argument("job", choices=[entry.job for entry in schedule.TIMETABLE])
    parser.set_defaults(run=at_works(_do))


def _with_works(perform: Callable[[Works], str]) -> Callable[[argparse.Namespace], int]:
    def run(works: Works, options: argparse.Namespace) -> int:
        del options
        logs.configure(machine=settings().production)
        sys.stdout.write(f"{perform(works)}\n")
        return 0

    return at_works(run)


def _reconcile(works: Works) -> str:
    missed = reconcile.reconcile_all(works)
    return f"{missed} webhooks had been missed at the last look; what changed since waits in the inbox."


def _recalculate(works: Works) -> str:
    made = sum(members.recalculate(works, programme_id) for programme_id in programmes(works))
    return f"{made} transactions were missing and are made."


def _rotate(works: Works) -> str:
    pages = rotate(works)
    return f"{pages} pages are sealed under the newest key; the older ones can be taken out of KIZUNA_ENCRYPTION_KEYS."


def _drain(works: Works) -> str:
    pages = 0
    while busy := _waiting(works):
        for drain, programme_id, shop_id in busy:
            drain(works, programme_id, shop_id)
            pages += 1
    return f"Nothing waits any more ({pages} pages)."


def _waiting(works: Works) -> list[tuple[Callable[[Works, UUID, UUID], object], UUID, UUID]]:
    rings: list[tuple[Callable[[Works, UUID, UUID], object], UUID, UUID]] = []

    class Ear:
        """Hears what the sweep rings for."""

        def ring(self, queue: str, programme_id: UUID, shop_id: UUID) -> None:
            drains = {
                "inbox": inbox.drain,
                "outbox": outbox.drain,
                "members": lambda these, programme, _: members.tend(these, programme),
            }
            rings.append((drains[queue], programme_id, shop_id))

    sweep(replace(works, bell=Ear()))
    return rings


def _do(works: Works, options: argparse.Namespace) -> int:
    logs.configure(machine=settings().production)
    schedule.perform(works, options.job)
    return 0
