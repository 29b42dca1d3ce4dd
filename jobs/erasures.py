"""Who was forgotten, noted outside the database: a backup that comes back must not bring them back.

A file beside the data holds our own ids and keyed hashes, with their day, and nothing that names anybody.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import select

from app.actions.erase_member import erase_member
from app.db import forgotten
from app.db.scope import Scope
from app.db.tables import DeedRow, ForgottenRow, ProgrammeRow
from app.db.unit import reading, unit_of_work
from app.loyalty.errors import UnknownMemberError
from jobs.works import Works

log = structlog.get_logger()

FILE: Final = "erasures.jsonl"
WHY: Final = "forgotten before a backup was restored"
ACTOR: Final = "operator"
Entry = dict[str, str]


def note_erasures(works: Works) -> int:
    """Add whom the file does not know yet, and make sure that it is on the disk. Returns how many entries came."""
    if works.erasures is None:
        return 0
    known = {json.dumps(entry, sort_keys=True) for entry in entries(works.erasures)}
    fresh = [line for entry in _erased(works) if (line := json.dumps(entry, sort_keys=True)) not in known]
    if fresh:
        works.erasures.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = os.open(works.erasures, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            # A line break first: the line before may have been torn by a power cut.
            os.write(held, "".join(f"\n{line}" for line in fresh).encode())
            os.fsync(held)
        finally:
            os.close(held)
        log.info("erasures_noted", count=len(fresh))
    return len(fresh)


def entries(file: Path) -> Iterator[Entry]:
    """Read the file; a line that was torn is left out."""
    if not file.exists():
        return
    for line in file.read_text(encoding="ascii").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            yield entry


def erase_again(works: Works, file: Path) -> int:
    """Forget everybody again whom the database knows again. Returns how many members; twice is once."""
    count = 0
    with reading(works.engine) as session:
        there = set(session.scalars(select(ProgrammeRow.programme_id)))
    for entry in entries(file):
        programme_id = UUID(entry["programme"])
        if programme_id not in there:
            continue
        with unit_of_work(works.engine, programme_id) as session:
            scope = Scope(session, programme_id, works.clock(), works.cipher)
            if "member" in entry:
                count += _erase(scope, UUID(entry["member"]))
            else:
                at, stays_out = datetime.fromisoformat(entry["at"]), "stays_out" in entry
                forgotten.keep_hash(scope, UUID(entry["shop"]), entry["hash"], at, stays_out=stays_out)
    return count


def _erase(scope: Scope, member_id: UUID) -> bool:
    try:
        return erase_member(scope, member_id, actor=ACTOR, why=WHY)
    except UnknownMemberError:
        return False  # they came after the backup; their hashes keep old facts from bringing them back


def _erased(works: Works) -> Iterator[Entry]:
    with reading(works.engine) as session:
        deeds = session.execute(
            select(DeedRow.programme_id, DeedRow.subject, DeedRow.at)
            .where(DeedRow.what == "erase_member")
            .order_by(DeedRow.at)
        ).all()
        hashes = session.execute(
            select(
                ForgottenRow.programme_id,
                ForgottenRow.shop_id,
                ForgottenRow.identity_hash,
                ForgottenRow.erased_at,
                ForgottenRow.stays_out,
            ).order_by(ForgottenRow.erased_at)
        ).all()
    for programme_id, subject, at in deeds:
        yield {"programme": str(programme_id), "member": subject.partition(":")[2], "at": at.isoformat()}
    for programme_id, shop_id, identity_hash, at, stays_out in hashes:
        entry = {"programme": str(programme_id), "shop": str(shop_id), "hash": identity_hash, "at": at.isoformat()}
        yield entry | {"stays_out": "1"} if stays_out else entry
