"""Many at once: two windows ask one question, and many answers are one; a budget is not given twice."""

from collections import Counter
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Engine, func, select

from app.actions.work_case import Work, give_in_case
from app.db.members import new_id
from app.db.service_cases import View, listed
from app.db.tables import CaseRow, QuestionRow
from app.loyalty.errors import BudgetExceededError
from app.loyalty.hearing.recovery import Recovery
from app.loyalty.hearing.refusals import AlreadyAnsweredError
from tests.actions.test_at_once import at_once
from tests.factories.facts import order, review
from tests.factories.hearing import NPS, answer, asked, shop
from tests.factories.houses import House, house
from tests.factories.programmes import version


def test_eight_windows_ask_one_question(db: Engine) -> None:
    ours = shop(db)
    ours.settle("2025-02-01", order())
    ids = at_once([lambda: asked(ours, "2025-02-08")] * 8)

    with ours.reading() as scope:
        count = scope.session.scalar(
            select(func.count()).select_from(QuestionRow).where(QuestionRow.programme_id == ours.programme_id)
        )
    assert (len(set(ids)), count) == (1, 1)


def test_of_eight_answers_at_once_one_counts_and_is_paid(db: Engine) -> None:
    ours = shop(db, replace(NPS, low=6))
    ours.settle("2025-02-01", order())
    question = asked(ours, "2025-02-08")

    def give(score: int) -> object:
        try:
            return answer(ours, "2025-02-09", question, score)
        except AlreadyAnsweredError as refusal:
            return refusal.code

    ends = at_once([lambda score=score: give(score) for score in (0, 1, 2, 3)])  # type: ignore[misc]

    assert Counter(ends) == {True: 1, "ALREADY_ANSWERED": 3}
    assert ours.amounts("ada") == (0, 60, 0, 0)
    with ours.reading() as scope:
        assert len(listed(scope, View.OPEN, 5)) == 1
    assert ours.breaches() == []


def test_a_months_budget_is_not_given_twice(db: Engine) -> None:
    terms = replace(version(), recovery=Recovery(), goodwill_budget=100)
    ours: House = house(db, terms)
    for name in ("ada", "ben", "cleo", "dan"):
        ours.settle("2025-02-01", order(f"o-{name}", customer=name), review(f"rv-{name}", customer=name, rating=1))
    with ours.reading() as scope:
        cases = list(scope.session.scalars(select(CaseRow.case_id).where(CaseRow.programme_id == ours.programme_id)))

    def give(case_id: UUID) -> object:
        try:
            with ours.unit("2025-02-03") as scope:
                give_in_case(scope, Work(case_id, new_id(), "staff", "sorry"), 40)
        except BudgetExceededError as refusal:
            return refusal.code
        return None

    ends = at_once([lambda case_id=case_id: give(case_id) for case_id in cases])  # type: ignore[misc]

    assert Counter(ends) == {None: 2, "BUDGET_EXCEEDED": 2}
    assert sum(ours.amounts(name)[1] for name in ("ada", "ben", "cleo", "dan")) == 4 * 10 + 2 * 40
    assert ours.breaches() == []
