"""Tend members: what falls due by time, a page of members of one programme after another."""

from uuid import UUID

from sqlalchemy import select

from app.actions.tend_members import due_members, tend_members
from app.db import programmes
from app.db.scope import Scope
from app.db.tables import MemberRow
from app.db.unit import unit_of_work
from app.failpoints import Place, passed
from jobs.rounds import Mark
from jobs.works import Works

PAGE = 200
PAGE_SQLITE = 25


def tend(works: Works, programme_id: UUID) -> bool:
    """Do what is due for one page of members. True where there may be more."""
    limit = PAGE_SQLITE if works.engine.dialect.name == "sqlite" else PAGE
    now = works.clock()
    with unit_of_work(works.engine, programme_id) as session:
        scope = Scope(session, programme_id, now, works.cipher)
        page = due_members(scope, limit)
        if page:
            tend_members(scope, page)
            passed(Place.MEMBERS_TENDED)
    return len(page) == limit


def judge_page(works: Works, programme_id: UUID, mark: Mark) -> Mark | None:
    """Judge a page of a programme's members again, by id, counting transactions made. None where there are no more.

    A closed programme judges nobody any more.
    """
    limit = PAGE_SQLITE if works.engine.dialect.name == "sqlite" else PAGE
    with unit_of_work(works.engine, programme_id) as session:
        scope = Scope(session, programme_id, works.clock(), works.cipher)
        if programmes.row(session, programme_id).state == programmes.CLOSED:
            return None
        page = list(
            session.scalars(
                select(MemberRow.member_id)
                .where(MemberRow.programme_id == programme_id, MemberRow.member_id > mark.after)
                .order_by(MemberRow.member_id)
                .limit(limit)
            )
        )
        made = tend_members(scope, page) if page else 0
    passed(Place.MEMBERS_JUDGED)
    return Mark(page[-1], mark.count + made) if page else None


def recalculate(works: Works, programme_id: UUID) -> int:
    """Judge every member of a programme again: heals whatever a missed moment left. Returns transactions made."""
    mark: Mark | None = Mark()
    made = 0
    while mark is not None:
        made = mark.count
        mark = judge_page(works, programme_id, mark)
    return made
