"""A low score opens one case: on time or overdue, answered, made good within the budget, promised, resolved."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select

from app.actions.settle_facts import settle_facts
from app.actions.work_case import (
    Work,
    answer_case,
    follow_up,
    give_in_case,
    promise_follow_up,
    reopen_case,
    resolve_case,
)
from app.db import service_cases
from app.db.members import new_id
from app.db.service_cases import View
from app.db.tables import CaseRow, RequestRow
from app.loyalty.errors import (
    AlreadyClosedError,
    BudgetExceededError,
    KeyReusedError,
    UnknownMemberError,
)
from app.loyalty.facts import Customer, Fact
from app.loyalty.hearing.recovery import Recovery
from app.loyalty.hearing.refusals import UnknownCaseError
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rules import ReviewRule
from tests.factories.facts import order, review
from tests.factories.hearing import NPS, answer, asked, terms
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import ONE_PER_EURO, version

LOW = replace(NPS, low=6)
RECOVERY = Recovery(hours=12)
ON = replace(version(earn=[ONE_PER_EURO, ReviewRule(20)]), recovery=RECOVERY, goodwill_budget=100)
SAD = review(rating=1)


def all_of(ours: House, view: View = View.OPEN) -> list[CaseRow]:
    with ours.reading() as scope:
        return list(service_cases.listed(scope, view, 50))


def opened(db: Engine, content: Version = ON) -> tuple[House, UUID]:
    """A member bought, and wrote a review of one star."""
    ours = house(db, content)
    ours.settle("2025-02-01", order())
    ours.settle("2025-02-02", SAD)
    [case] = all_of(ours)
    return ours, case.case_id


def wish(case_id: UUID, words: str = "", key: UUID | None = None) -> Work:
    return Work(case_id, key or new_id(), "staff", words)


def test_a_low_rating_opens_a_case_due_at_the_stated_minute(db: Engine) -> None:
    ours, _ = opened(db)
    [case] = all_of(ours)

    assert (case.member_id, case.score, case.product) == (ours.member("ada"), 1, "p1")
    assert (case.opened_at, case.due_at) == (instant("2025-02-02"), instant("2025-02-03T00"))
    before, then = case.due_at - timedelta(seconds=1), case.due_at
    for now, overdue in ((before, 0), (then, 1)):
        with ours.reading() as scope:
            prompt = service_cases.figures(replace(scope, now=now), instant("2025-01-01")).prompt
        assert (prompt.waiting, prompt.overdue) == (1, overdue)


def test_however_often_and_in_whatever_order_a_review_is_told_there_is_one_case(db: Engine) -> None:
    edited = replace(SAD, updated_at=instant("2025-02-04"), approved=False)
    facts: tuple[Fact, ...] = (SAD, SAD, edited, order())
    for told in permutations(facts):
        ours = house(db, ON)
        for fact in told:
            ours.settle("2025-02-05", fact)
        assert [case.member_id for case in all_of(ours)] == [ours.member("ada")]


def test_stars_open_cases_and_never_change_the_points(db: Engine) -> None:
    ends = {}
    for stars in (1, 2, 3, 5, None):
        ours = house(db, ON)
        ours.settle("2025-02-01", order())
        ours.settle("2025-02-02", replace(SAD, rating=stars))
        ends[stars] = (len(all_of(ours)), ours.amounts("ada"))

    assert {stars: cases for stars, (cases, _) in ends.items()} == {1: 1, 2: 1, 3: 0, 5: 0, None: 0}
    assert {points for _, points in ends.values()} == {(0, 30, 0, 0)}


def test_a_review_that_becomes_bad_opens_a_case_then_and_one_that_becomes_good_keeps_it(db: Engine) -> None:
    ours = house(db, ON)
    ours.settle("2025-02-01", order())
    ours.settle("2025-02-02", replace(SAD, rating=5))
    worse = replace(SAD, updated_at=instant("2025-02-10"))
    ours.settle("2025-02-11", worse)
    ours.settle("2025-02-12", replace(SAD, rating=4, updated_at=instant("2025-02-12")))

    assert [case.opened_at for case in all_of(ours)] == [instant("2025-02-11")]


CLOCKS = (
    # the review's own time, when it was heard of, when it was settled; when the clock starts
    ("heard late", "2025-02-02", "2025-02-04", "2025-02-04", "2025-02-04"),
    ("heard in time, settled late", "2025-02-02", "2025-02-02T13", "2025-02-05", "2025-02-02T13"),
    ("the shop's clock is ahead of ours", "2025-02-03", "2025-02-02", "2025-02-05", "2025-02-03"),
    ("ahead of the settling too", "2025-02-09", "2025-02-02", "2025-02-05", "2025-02-05"),
)


@pytest.mark.parametrize(
    ("written", "heard", "settled", "starts"), [case[1:] for case in CLOCKS], ids=[case[0] for case in CLOCKS]
)
def test_the_clock_starts_when_we_could_know(db: Engine, written: str, heard: str, settled: str, starts: str) -> None:
    ours = house(db, ON)
    told = replace(SAD, at=instant("2025-02-01"), updated_at=instant(written))
    with ours.unit(settled) as scope:
        settle_facts(scope, ours.shop_id, [order(), told], [instant(heard)] * 2)
    [case] = all_of(ours)

    assert (case.opened_at, case.due_at) == (instant(starts), instant(starts) + timedelta(hours=12))


@pytest.mark.parametrize(
    "content", (version(earn=[ONE_PER_EURO]), replace(ON, starts_at=instant("2025-02-03"))), ids=("off", "older")
)
def test_without_a_recovery_in_force_nothing_is_opened(db: Engine, content: Version) -> None:
    ours = house(db, content)
    ours.settle("2025-02-05", order(), SAD)

    assert all_of(ours) == []


def test_a_guests_review_opens_a_case_and_an_order_tells_whose_it_is(db: Engine) -> None:
    ours = house(db, ON)
    guest = Customer(None, "ada@example.com")
    ours.settle("2025-02-02", review(customer=guest, rating=2))
    [case] = all_of(ours)
    assert case.member_id is None
    with pytest.raises(UnknownMemberError), ours.unit("2025-02-02T13") as scope:
        give_in_case(scope, wish(case.case_id, "sorry"), 5)

    ours.settle("2025-02-03", order(customer=Customer("ada", "ada@example.com")))
    assert [one.member_id for one in all_of(ours)] == [ours.member("ada")]


@pytest.mark.parametrize(("score", "cases"), ((6, 1), (7, 0)))
def test_a_low_answer_opens_one_case_and_a_better_one_none(db: Engine, score: int, cases: int) -> None:
    ours = house(db, replace(terms(LOW), recovery=RECOVERY))
    ours.settle("2025-02-01", order())
    question = asked(ours, "2025-02-08")
    answer(ours, "2025-02-09", question, score)
    answer(ours, "2025-02-10", question, score)

    assert [case.due_at for case in all_of(ours)] == [instant("2025-02-10T00")] * cases
    assert ours.amounts("ada") == (0, 60, 0, 0)


def test_the_first_answer_stops_the_clock_and_what_was_said_is_sealed(db: Engine) -> None:
    ours, case_id = opened(db)
    first = wish(case_id, "We are sorry, Ada Canary")
    for now in ("2025-02-02T15", "2025-02-02T16"):
        with ours.unit(now) as scope:
            answer_case(scope, first)
    with ours.unit("2025-02-05") as scope:
        answer_case(scope, wish(case_id, "And once more"))
        prompt = service_cases.figures(scope, instant("2025-01-01")).prompt
        done = service_cases.steps(scope, case_id)
        said = [service_cases.words_of(scope, step) for step in done]

    [case] = all_of(ours, View.ANSWERED)
    assert case.answered_at == instant("2025-02-02T15")
    assert (prompt.answered, prompt.in_time, prompt.median) == (1, 1, timedelta(hours=3))
    assert said == ["We are sorry, Ada Canary", "And once more"]
    assert all(b"Canary" not in (step.words_sealed or b"") for step in done)


def test_goodwill_lies_in_the_ledger_under_the_name_of_who_gave_it_once(db: Engine) -> None:
    ours, case_id = opened(db)
    gift = wish(case_id, "Broken in the post")
    for _ in range(2):
        with ours.unit("2025-02-03") as scope:
            give_in_case(scope, gift, 40)

    assert ours.amounts("ada") == (0, 70, 0, 0)
    with ours.reading() as scope:
        row = scope.session.scalars(
            select(RequestRow).where(RequestRow.programme_id == ours.programme_id, RequestRow.amount == 40)
        ).one()
        assert [(step.what, step.amount) for step in service_cases.steps(scope, case_id)] == [("goodwill", 40)]
    assert (row.actor, row.note, row.member_id) == ("staff", "Broken in the post", ours.member("ada"))
    assert ours.breaches() == []


def test_the_months_budget_blocks_the_next_gesture(db: Engine) -> None:
    ours, case_id = opened(db)
    with ours.unit("2025-02-03") as scope:
        give_in_case(scope, wish(case_id, "one"), 70)
    with pytest.raises(BudgetExceededError) as refused, ours.unit("2025-02-04") as scope:
        give_in_case(scope, wish(case_id, "two"), 40)

    assert refused.value.numbers() == {"have": 30, "need": 40, "missing": 10}
    assert ours.amounts("ada") == (0, 100, 0, 0)
    with ours.unit("2025-03-01") as scope:
        give_in_case(scope, wish(case_id, "a new month"), 40)
    assert ours.amounts("ada") == (0, 140, 0, 0)


def test_a_promise_is_kept_in_mind_until_somebody_comes_back_to_it(db: Engine) -> None:
    ours, case_id = opened(db)
    with ours.unit("2025-02-02T13") as scope:
        answer_case(scope, wish(case_id, "We send a new one"))
        promise_follow_up(scope, wish(case_id, "Ask whether it came"), instant("2025-02-09T00"))
    for now, due in (("2025-02-08T23", 0), ("2025-02-09T00", 1)):
        with ours.reading(now) as scope:
            assert service_cases.figures(scope, instant("2025-01-01")).promises_due == due
    with ours.unit("2025-02-09") as scope:
        follow_up(scope, wish(case_id, "Did it come? You may change your review"))
        assert service_cases.figures(scope, instant("2025-01-01")).promises_due == 0


def test_a_resolved_case_is_left_alone_until_it_is_opened_again(db: Engine) -> None:
    ours, case_id = opened(db)
    with ours.unit("2025-02-03") as scope:
        resolve_case(scope, wish(case_id))
    assert (all_of(ours), len(all_of(ours, View.RESOLVED))) == ([], 1)
    for verb in (answer_case, follow_up, resolve_case):
        with pytest.raises(AlreadyClosedError), ours.unit("2025-02-04") as scope:
            verb(scope, wish(case_id, "too late"))
    with pytest.raises(AlreadyClosedError), ours.unit("2025-02-04") as scope:
        give_in_case(scope, wish(case_id, "too late"), 5)
    ours.settle("2025-02-05", replace(SAD, updated_at=instant("2025-02-05")))
    assert all_of(ours) == []

    with ours.unit("2025-02-06") as scope:
        reopen_case(scope, wish(case_id, "It broke again"))
        answer_case(scope, wish(case_id, "Oh"))
    assert len(all_of(ours, View.ANSWERED)) == 1


def test_one_wish_serves_one_thing_and_nobody_works_on_what_is_not_there(db: Engine) -> None:
    ours, case_id = opened(db)
    used = wish(case_id, "Sorry")
    with ours.unit("2025-02-03") as scope:
        answer_case(scope, used)
    with pytest.raises(KeyReusedError), ours.unit("2025-02-03") as scope:
        resolve_case(scope, used)
    for verb in (answer_case, reopen_case):
        with pytest.raises(UnknownCaseError), ours.unit("2025-02-03") as scope:
            verb(scope, wish(new_id(), "?"))
    other = house(db, ON)
    with pytest.raises(UnknownCaseError), other.unit("2025-02-03") as scope:
        answer_case(scope, wish(case_id, "another programme's"))


def test_cases_are_listed_in_pages_by_when_they_are_due(db: Engine) -> None:
    ours = house(db, ON)
    for number in reversed(range(5)):
        at = f"2025-02-{10 - number:02}"
        ours.settle(at, review(f"rv{number}", f"p{number}", at, rating=1))
    found, after = [], None
    with ours.reading() as scope:
        while page := service_cases.listed(scope, View.OPEN, 2, after):
            found += [case.product for case in page]
            after = service_cases.place_of(page[-1], View.OPEN)
        count = scope.session.scalar(
            select(func.count()).select_from(CaseRow).where(CaseRow.programme_id == ours.programme_id)
        )

    assert (found, count) == (["p4", "p3", "p2", "p1", "p0"], 5)


def test_a_merged_members_cases_follow_them(db: Engine) -> None:
    ours, case_id = opened(db)
    ours.join("ben")
    ours.merge("2025-02-10", "ben", "ada")
    with ours.unit("2025-02-11") as scope:
        give_in_case(scope, wish(case_id, "still sorry"), 5)

    assert [case.member_id for case in all_of(ours)] == [ours.member("ben")]
    assert ours.amounts("ben") == (0, 35, 0, 0)
    assert ours.breaches() == []
