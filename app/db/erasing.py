"""What a table knows of a person, and what erasing the person does to it: one table of all tables that name a member.

A test asks the schema whether anything is missing here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select, update

from app.db import facts, forgotten
from app.db.scope import Scope
from app.db.tables import (
    BalanceRow,
    BirthdayRow,
    CaseRow,
    CaseStepRow,
    DeedRow,
    EventRow,
    IdentityRow,
    LotRow,
    MemberRow,
    MergeRow,
    NoteRow,
    OrderRow,
    PersonRow,
    PostingRow,
    PrivacyRow,
    ProfileAnswerRow,
    QuestionRow,
    RedemptionRow,
    ReferralRow,
    RequestRow,
    ReviewRow,
    SettlementRow,
    TaskRow,
    TierInvitationRow,
    TransactionRow,
)

WORDS_GONE: Final = "—"
"""Stands where staff wrote why, in a column that cannot be empty."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """What erasing does to the rows of a table that are about a person.

    ``table`` with the columns that name the member; ``blank`` are the columns that lose what they held, each with what
    stands there afterwards; ``dropped``: the rows go. ``why`` says why the rest may stay.
    """

    table: type[Any]
    named_by: tuple[str, ...] = ("member_id",)
    blank: Mapping[str, object] = field(default_factory=dict)
    dropped: bool = False
    why: str = ""


_NUMBERS: Final = "numbers under a random id that leads to nobody"

TREATMENTS: Final[Sequence[Treatment]] = (
    Treatment(PersonRow, blank=dict.fromkeys(("name_sealed", "email_sealed", "email_hash", "locale"))),
    Treatment(IdentityRow, dropped=True),
    Treatment(BirthdayRow, dropped=True),
    Treatment(ProfileAnswerRow, dropped=True),
    Treatment(OrderRow, blank=dict.fromkeys(facts.TRACES), why="an order's snapshot names nobody"),
    Treatment(ReviewRow, blank=dict.fromkeys(("email_hash",)), why="a product, an instant, a rating"),
    Treatment(EventRow, why="what happened, at an instant"),
    Treatment(
        ReferralRow,
        ("advocate_id", "friend_id"),
        blank=dict.fromkeys(("email_hash", "decided_why")),
        why="two random ids and their points",
    ),
    Treatment(RequestRow, blank=dict.fromkeys(("note",)), why="keeps a repeated request from being carried out twice"),
    Treatment(QuestionRow, blank=dict.fromkeys(("comment_sealed",)), why="a score among many"),
    Treatment(CaseRow, why="a score, and how long the answer took"),
    Treatment(NoteRow, blank=dict.fromkeys(("text_sealed",)), why="that staff wrote, not what"),
    Treatment(TaskRow, blank=dict.fromkeys(("note",)), why="what was to be done, by when"),
    Treatment(TierInvitationRow, why="a level and its dates"),
    Treatment(MergeRow, ("kept_id", "lost_id"), blank={"why": WORDS_GONE}, why="random ids"),
    Treatment(PrivacyRow, blank=dict.fromkeys(("customer_id",)), why="that the duty was carried out, and when"),
    Treatment(MemberRow, why=_NUMBERS),
    Treatment(RedemptionRow, why=_NUMBERS),
    Treatment(SettlementRow, why=_NUMBERS),
    Treatment(TransactionRow, why=_NUMBERS),
    Treatment(PostingRow, why=_NUMBERS),
    Treatment(LotRow, why=_NUMBERS),
    Treatment(BalanceRow, why=_NUMBERS),
)


def themselves(scope: Scope, member_id: UUID) -> list[UUID]:
    """Return a member with every tombstone that was merged into it, step by step."""
    found = [member_id]
    new = found
    while new:
        new = list(
            scope.session.scalars(
                select(MemberRow.member_id)
                .where(MemberRow.programme_id == scope.programme_id, MemberRow.merged_into.in_(new))
                .order_by(MemberRow.member_id)
            )
        )
        found = found + new
    return found


def concerning(scope: Scope, treatment: Treatment, member_ids: Collection[UUID]) -> list[ColumnElement[bool]]:
    """Return the conditions of the rows of a table that are about these members."""
    table = treatment.table
    named = or_(*(getattr(table, column).in_(member_ids) for column in treatment.named_by))
    return [table.programme_id == scope.programme_id, named]


def erase_rows(scope: Scope, member_ids: Sequence[UUID]) -> None:
    """Take out of every table what tells who these members are, and remember their names as keyed hashes for a time.

    Their postings stay. What staff wrote about them goes: reasons, notes, words of service cases.
    """
    names = scope.session.execute(
        select(IdentityRow.shop_id, IdentityRow.customer_id).where(
            IdentityRow.programme_id == scope.programme_id, IdentityRow.member_id.in_(member_ids)
        )
    ).all()
    forgotten.keep(scope, [(shop_id, customer_id) for shop_id, customer_id in names])
    _blank_claims(scope, member_ids)
    _blank_words(scope, member_ids)
    for treatment in TREATMENTS:
        asked = concerning(scope, treatment, member_ids)
        if treatment.dropped:
            scope.session.execute(delete(treatment.table).where(*asked), execution_options=_UNSEEN)
        elif treatment.blank:
            scope.session.execute(
                update(treatment.table).where(*asked).values(dict(treatment.blank)), execution_options=_UNSEEN
            )


_UNSEEN: Final = {"synchronize_session": False}


def _blank_claims(scope: Scope, member_ids: Sequence[UUID]) -> None:
    """A referral whose friend left this person's address knows it by its hash alone."""
    hashes = select(PersonRow.email_hash).where(
        PersonRow.programme_id == scope.programme_id,
        PersonRow.member_id.in_(member_ids),
        PersonRow.email_hash.is_not(None),
    )
    for table in (ReferralRow, ReviewRow):
        scope.session.execute(
            update(table)
            .where(table.programme_id == scope.programme_id, table.email_hash.in_(hashes))
            .values(email_hash=None),
            execution_options=_UNSEEN,
        )


def _blank_words(scope: Scope, member_ids: Sequence[UUID]) -> None:
    """Staff's words that lie under something else than the member: steps of service cases, reasons of deeds."""
    cases = select(CaseRow.case_id).where(CaseRow.programme_id == scope.programme_id, CaseRow.member_id.in_(member_ids))
    scope.session.execute(
        update(CaseStepRow)
        .where(CaseStepRow.programme_id == scope.programme_id, CaseStepRow.case_id.in_(cases))
        .values(words_sealed=None),
        execution_options=_UNSEEN,
    )
    subjects = [f"member:{member_id}" for member_id in member_ids]
    scope.session.execute(
        update(DeedRow)
        .where(DeedRow.programme_id == scope.programme_id, DeedRow.subject.in_(subjects))
        .values(why=WORDS_GONE),
        execution_options=_UNSEEN,
    )
