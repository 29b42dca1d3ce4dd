"""Questions to members: when one is due, that nobody is asked too often, and what answers count as and add up to."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.hearing.drivers import Counted, Line, Tally, csat, lines, nps, score, tallied
from app.loyalty.hearing.refusals import QuietPeriodError
from app.loyalty.hearing.surveys import (
    About,
    Asked,
    Occasion,
    Question,
    Survey,
    SurveyKind,
    Verdict,
    due,
    may_ask,
    verdict,
)
from app.loyalty.publishing.soundness import Problem, problems
from app.loyalty.terms.rules import EventRule
from tests.factories.instants import instant
from tests.factories.programmes import version

NPS = Survey("nps", SurveyKind.NPS, "delivery", wait_days=7, open_days=14, quiet_days=90)
CSAT = Survey("csat", SurveyKind.CSAT, "shop", about=About.SHOP, wait_days=30, quiet_days=180)
PAID = instant("2025-02-01")
DAY = timedelta(days=1)
ORDER = Occasion(PAID, "s/1", ("p1",))
JOINED = Occasion(PAID)
GOOD, MIDDLE, BAD = Verdict.GOOD, Verdict.MIDDLE, Verdict.BAD


@pytest.mark.parametrize(
    ("survey", "verdicts"),
    (
        (NPS, (BAD,) * 7 + (MIDDLE,) * 2 + (GOOD,) * 2),
        (CSAT, (BAD, BAD, MIDDLE, GOOD, GOOD)),
        (replace(CSAT, scale=3, satisfied=3), (BAD, MIDDLE, GOOD)),
        (replace(CSAT, scale=2, satisfied=2), (BAD, GOOD)),
        (replace(CSAT, scale=7, satisfied=5), (BAD,) * 3 + (MIDDLE,) + (GOOD,) * 3),
    ),
    ids=("nps", "five", "three", "two", "seven"),
)
def test_every_answer_of_a_scale_counts_as_one_thing(survey: Survey, verdicts: tuple[Verdict, ...]) -> None:
    assert tuple(verdict(survey, each) for each in range(survey.least, survey.most + 1)) == verdicts


def test_the_nps_of_a_sample_equals_the_one_worked_by_hand() -> None:
    # 10 9 9 8 7 6 3: three promoters, two passives, two detractors of seven; (3 - 2) / 7 = 14.2857…
    answers = [verdict(NPS, each) for each in (10, 9, 9, 8, 7, 6, 3)]
    tally = tallied(Counted(None, each, 1) for each in answers)

    assert tally == Tally(3, 2, 2)
    assert nps(tally) == Decimal("14.3")
    assert (tally.share(tally.good), tally.share(tally.bad)) == (Decimal("42.9"), Decimal("28.6"))


def test_the_csat_of_a_sample_equals_the_one_worked_by_hand() -> None:
    # 5 5 4 3 1 2: three satisfied of six
    tally = tallied(Counted(None, verdict(CSAT, each), 1) for each in (5, 5, 4, 3, 1, 2))

    assert (tally, csat(tally)) == (Tally(3, 1, 2), Decimal("50.0"))


@pytest.mark.parametrize(
    ("tally", "rounded"),
    (
        (Tally(1, 399, 0), "0.3"),  # 0.25 exactly: halves go away from zero
        (Tally(0, 399, 1), "-0.3"),
        (Tally(0, 0, 9), "-100.0"),
        (Tally(9, 0, 0), "100.0"),
        (Tally(4, 0, 4), "0.0"),
    ),
)
def test_an_nps_is_rounded_once_to_one_decimal(tally: Tally, rounded: str) -> None:
    assert nps(tally) == Decimal(rounded)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_an_nps_lies_between_its_ends_and_turns_with_its_sides(good: int, middle: int, bad: int) -> None:
    if good + middle + bad:
        assert -100 <= nps(Tally(good, middle, bad)) <= 100
        assert nps(Tally(good, middle, bad)) == -nps(Tally(bad, middle, good))
        assert 0 <= csat(Tally(good, middle, bad)) <= 100


def test_with_too_few_answers_there_is_no_score() -> None:
    assert score(SurveyKind.NPS, Tally(9)) is None
    assert score(SurveyKind.NPS, Tally(10)) == Decimal(100)
    assert score(SurveyKind.NPS, Tally(), fewest=0) is None


def test_lines_begin_with_what_needs_help_and_end_with_what_says_too_little() -> None:
    counted = [
        Counted("checkout", GOOD, 10), Counted("delivery", BAD, 5), Counted("delivery", GOOD, 4),
        Counted("delivery", GOOD, 1), Counted(None, BAD, 9),
    ]  # fmt: skip

    assert lines(SurveyKind.NPS, counted) == (
        Line("delivery", Tally(5, 0, 5), Decimal(0)),
        Line("checkout", Tally(10), Decimal(100)),
        Line(None, Tally(0, 0, 9), None),
    )


@pytest.mark.parametrize(
    ("now", "asked"), ((7 * DAY - timedelta(seconds=1), False), (7 * DAY, True), (21 * DAY, False)),
    ids=("too early", "from its day", "too late"),
)  # fmt: skip
def test_an_order_is_asked_about_from_its_day_and_for_so_long(now: timedelta, *, asked: bool) -> None:
    if asked:
        assert due([NPS], [], [ORDER, JOINED], PAID + now) == Question(NPS, ORDER)
    else:
        with pytest.raises(LookupError):
            due([NPS], [], [ORDER, JOINED], PAID + now)


def test_the_latest_order_is_asked_about_and_each_order_once() -> None:
    later = Occasion(PAID + DAY, "s/2")
    now = PAID + 9 * DAY
    assert due([NPS], [], [ORDER, later], now) == Question(NPS, later)
    told = [Asked("nps", PAID - 100 * DAY, "s/2")]
    assert due([NPS], told, [ORDER, later], now) == Question(NPS, ORDER)
    told.append(Asked("nps", PAID - 99 * DAY, "s/1"))
    with pytest.raises(LookupError):
        due([NPS], told, [ORDER, later], now)


def test_nobody_is_asked_within_the_quiet_period_whatever_they_were_asked() -> None:
    last = Asked("another", PAID)
    may_ask(NPS, [last], PAID + 90 * DAY)
    with pytest.raises(QuietPeriodError) as refused:
        may_ask(NPS, [last, Asked("older", PAID - DAY)], PAID + 90 * DAY - timedelta(seconds=1))
    assert refused.value.numbers() == {"opens_at": "2025-05-02T12:00:00Z"}


def test_a_survey_that_may_be_asked_is_not_held_up_by_one_that_may_not() -> None:
    now = PAID + 31 * DAY
    asked = [Asked("nps", PAID - 100 * DAY)]
    assert due([CSAT, replace(NPS, open_days=40)], asked, [JOINED, ORDER], now).survey.id == "nps"
    with pytest.raises(QuietPeriodError) as wait:
        due([CSAT], asked, [JOINED], now)
    assert wait.value.opens_at == PAID + 80 * DAY


@given(st.lists(st.integers(0, 400), max_size=40), st.integers(1, 120), st.integers(1, 120))
def test_between_two_questions_lies_the_quiet_period_of_the_later_one(days: list[int], one: int, other: int) -> None:
    surveys = [
        replace(NPS, quiet_days=one, wait_days=0),
        replace(CSAT, quiet_days=other, wait_days=0),
    ]
    asked: list[Asked] = []
    orders = [Occasion(PAID + day * DAY, f"s/{number}") for number, day in enumerate(days)]
    for day in range(0, 420, 3):
        try:
            question = due(surveys, asked, [JOINED, *orders], PAID + day * DAY)
        except (QuietPeriodError, LookupError):
            continue
        assert all(PAID + day * DAY - each.at >= question.survey.quiet_days * DAY for each in asked)
        asked.append(Asked(question.survey.id, PAID + day * DAY, question.occasion.order))
    orders_asked = [(each.survey, each.order) for each in asked if each.order]
    assert len(set(orders_asked)) == len(orders_asked)


@pytest.mark.parametrize(
    ("survey", "found"),
    (
        (NPS, None),
        (replace(CSAT, event="survey"), None),
        (replace(CSAT, event="other"), Problem(("surveys", 0, "event"), "NO_EVENT_RULE")),
        (replace(CSAT, quiet_days=0), Problem(("surveys", 0, "quiet_days"), "TOO_SMALL", {"minimum": 1})),
        (replace(CSAT, touchpoint=" "), Problem(("surveys", 0, "touchpoint"), "EMPTY")),
        (replace(CSAT, scale=1), Problem(("surveys", 0, "scale"), "TOO_SMALL", {"minimum": 2})),
        (replace(CSAT, scale=11), Problem(("surveys", 0, "scale"), "TOO_LARGE", {"maximum": 10})),
        (replace(CSAT, satisfied=6), Problem(("surveys", 0, "satisfied"), "TOO_LARGE", {"maximum": 5})),
        (replace(CSAT, satisfied=3), Problem(("surveys", 0, "satisfied"), "TOO_SMALL", {"minimum": 4})),
        (replace(CSAT, scale=4, satisfied=2), Problem(("surveys", 0, "satisfied"), "TOO_SMALL", {"minimum": 3})),
    ),
)
def test_a_survey_that_cannot_be_asked_is_not_published(survey: Survey, found: Problem | None) -> None:
    content = replace(version(earn=[EventRule("survey", 50)]), surveys=(survey,))
    assert problems(content) == ([found] if found else [])


def test_two_surveys_need_two_names() -> None:
    content = replace(version(), surveys=(NPS, NPS))
    assert problems(content) == [Problem(("surveys", 1, "id"), "TWICE")]
