"""``kizuna backup``: make, verify and restore a backup of the embedded database; for PostgreSQL, how to."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from app.cli.working import at_programme
from app.db import backup, readiness
from app.db.backup import BackupProblem, Found
from app.db.cipher import Cipher
from app.db.scope import Scope
from app.db.strays import strays
from app.db.tables import ProgrammeRow
from app.db.unit import make_engine, reading
from app.settings import Settings, settings
from jobs.works import Works

_DUMP = "pg_dump --format=custom --no-owner --file=kizuna.dump $KIZUNA_DATABASE_URL"
_RESTORE = "pg_restore --no-owner --clean --if-exists --exit-on-error --dbname=$KIZUNA_DATABASE_URL kizuna.dump"
_NEXT = """Now, in this order:
  kizuna release         brings the database to the newest shape
  kizuna backup verify   says whether the keys fit it
  kizuna privacy again   forgets everybody again who was forgotten since the backup
  then start web, worker and clock
  kizuna reconcile       asks every shop what changed since the backup
  kizuna backup codes …  lists codes on orders that this database does not know
  kizuna audit           compares every balance with its postings
"""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    parser = commands.add_parser("backup", help="make, verify and restore a backup of the embedded database")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    made = verbs.add_parser("make", help="copy the database into a new file while everything runs")
    made.add_argument("file", type=Path)
    made.set_defaults(run=_or_problem(_make))
    verified = verbs.add_parser("verify", help="say whether a backup, or the database, is whole and its keys fit")
    verified.add_argument("file", type=Path, nargs="?", help="left out: the database in use")
    verified.set_defaults(run=_or_problem(_verify))
    restored = verbs.add_parser("restore", help="put a backup in the place of the database; what lay there is kept")
    restored.add_argument("file", type=Path)
    restored.set_defaults(run=_or_problem(_restore))
    codes = verbs.add_parser("codes", help="after a restore: list codes on orders that this database does not know")
    codes.add_argument("programme", help="its id, or the domain of one of its shops")
    codes.add_argument("--since", type=date.fromisoformat, help="day of the backup; left out: the last 30 days")
    codes.set_defaults(run=at_programme(_codes))


def _or_problem(run: Callable[[Settings, argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    def command(options: argparse.Namespace) -> int:
        try:
            return run(settings(), options)
        except BackupProblem as problem:
            sys.stderr.write(f"{problem}\n")
            return 2

    return command


def _make(chosen: Settings, options: argparse.Namespace) -> int:
    found = backup.make(_file(chosen, _DUMP), options.file)
    sys.stdout.write(
        f"{options.file}: {_told(found)}. Keep KIZUNA_SECRET_KEY and KIZUNA_ENCRYPTION_KEYS as safely, elsewhere.\n"
    )
    return 0


def _verify(chosen: Settings, options: argparse.Namespace) -> int:
    cipher = Cipher(chosen.encryption_keys, chosen.secret_key)
    if options.file is not None:
        found = _looked_over(options.file, cipher)
        sys.stdout.write(f"{options.file}: {_told(found)}, and the keys fit it.\n")
        return 0
    engine = make_engine(chosen.database_url)
    try:
        with reading(engine) as session:
            if not readiness.is_migrated(session):
                message = "The database has an older shape, or none. Run `kizuna release`, then verify again."
                raise BackupProblem(message)
            backup.check_keys(session, cipher)
    finally:
        engine.dispose()
    sys.stdout.write("The database has the newest shape, and the keys fit it.\n")
    return 0


def _restore(chosen: Settings, options: argparse.Namespace) -> int:
    target = _file(chosen, _RESTORE)
    # Asked before anything is touched: a database nobody can read is no help in the place of another.
    found = _looked_over(options.file, Cipher(chosen.encryption_keys, chosen.secret_key))
    aside = backup.restore(options.file, target, datetime.now(UTC))
    kept = f" What lay there is kept as {aside}." if aside else ""
    sys.stdout.write(f"{target} is {options.file} again: {_told(found)}.{kept}\n{_NEXT}")
    return 0


def _codes(works: Works, row: ProgrammeRow, options: argparse.Namespace) -> int:
    now = works.clock()
    since = datetime.combine(options.since, time(), UTC) if options.since else now - timedelta(days=30)
    with reading(works.engine, row.programme_id) as session:
        found = list(strays(Scope(session, row.programme_id, now, works.cipher), since))
    for each in found:
        sys.stdout.write(
            f"{each.placed_at:%Y-%m-%d}  order {each.order}  {each.code}  took off {each.amount_minor} "
            f"{each.currency} (smallest unit)  member {each.member_id}\n"
        )
    sys.stdout.write(f"{len(found)} codes on orders are not known here; their points were not taken.\n")
    return 1 if found else 0


def _looked_over(file: Path, cipher: Cipher) -> Found:
    found = backup.look(file)
    with backup.opened(file) as session:
        backup.check_keys(session, cipher)
    return found


def _file(chosen: Settings, instead: str) -> Path:
    """Return the embedded database. Raises BackupProblem with what to do on PostgreSQL."""
    found = backup.place(chosen.database_url)
    if found is None:
        message = f"The database is PostgreSQL's: use its own tools, with the owner's address. {instead}\n{_NEXT}"
        raise BackupProblem(message.rstrip())
    return found


def _told(found: Found) -> str:
    return f"{found.programmes} programmes, {found.members} members, {found.transactions} transactions"
