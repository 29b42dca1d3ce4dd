"""Everything that is kept about one member, as one document: for a person who asks what is known of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, select

from app.db import versions
from app.db.cipher import SealBrokenError
from app.db.erasing import TREATMENTS, concerning, themselves
from app.db.scope import Scope
from app.db.tables import CaseRow, CaseStepRow, DeedRow, MemberRow, ShopRow

_INNER: Final = frozenset({"programme_id", "input_hash", "lots_opened", "number", "passed_until", "due_at"})
"""Columns that say nothing about anybody: keys of ours and counters."""
_SEALED: Final = "_sealed"


def dossier(scope: Scope, member_id: UUID) -> dict[str, Any] | None:
    """Return what is kept about a member, None where there is none: a part for every table that names them.

    Amounts are in the programme's smallest steps and the currency's minor units, instants in UTC (ISO 8601). What is
    sealed is opened; keyed hashes, which tell nothing, are left out. Tables come from the list that erasing goes by, so
    what is kept and what can be erased are the same.
    """
    stands = scope.session.scalar(
        select(MemberRow.member_id).where(
            MemberRow.programme_id == scope.programme_id, MemberRow.member_id == member_id
        )
    )
    if stands is None:
        return None
    member_ids = themselves(scope, member_id)
    parts = {
        treatment.table.__tablename__: _rows(scope, treatment.table, concerning(scope, treatment, member_ids))
        for treatment in TREATMENTS
    }
    parts["profile_answers"] = [row | _told_for(scope, row) for row in parts["profile_answers"]]
    cases = select(CaseRow.case_id).where(CaseRow.programme_id == scope.programme_id, CaseRow.member_id.in_(member_ids))
    parts["service_case_steps"] = _rows(
        scope, CaseStepRow, [CaseStepRow.programme_id == scope.programme_id, CaseStepRow.case_id.in_(cases)]
    )
    subjects = [f"member:{each}" for each in member_ids]
    parts["deeds"] = _rows(scope, DeedRow, [DeedRow.programme_id == scope.programme_id, DeedRow.subject.in_(subjects)])
    shops = scope.session.execute(
        select(ShopRow.shop_id, ShopRow.name).where(ShopRow.programme_id == scope.programme_id)
    )
    return {
        "made_at": _plain(scope.now),
        "member": str(member_id),
        "shops": {str(shop_id): name for shop_id, name in shops},
        "kept": {name: rows for name, rows in parts.items() if rows},
    }


def _rows(scope: Scope, row: type[Any], asked: Sequence[Any]) -> list[dict[str, Any]]:
    table: Table = row.__table__
    told = [column for column in table.columns if column.name not in _INNER and not column.name.endswith("_hash")]
    found = scope.session.execute(select(*told).where(*asked).order_by(*table.primary_key)).mappings()
    return [{name.removesuffix(_SEALED): _opened(scope, name, value) for name, value in each.items()} for each in found]


def _told_for(scope: Scope, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a profile answer was given to and what for, as it was told then."""
    version = versions.version(scope.session, scope.programme_id, answer["version"])
    question = version.profile_question(answer["question"]) if version is not None else None
    return {"asked": dict(question.text), "purpose": dict(question.purpose)} if question is not None else {}


def _opened(scope: Scope, name: str, value: object) -> object:
    if not name.endswith(_SEALED) or not isinstance(value, bytes):
        return _plain(value)
    try:
        return scope.cipher.open(value).decode("utf-8", "replace")
    except SealBrokenError:
        return None


def _plain(value: object) -> object:
    """Return a value as JSON has it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, UUID) else value
