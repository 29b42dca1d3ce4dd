"""Asking members and hearing them: one question at a time, one answer, points for answering and never for the score."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from app.actions.ask_question import Asking
from app.db import hearing, questions
from app.db.tables import QuestionRow
from app.loyalty.errors import OfferClosedError
from app.loyalty.facts import Order
from app.loyalty.hearing.drivers import Driver, Line, Tally
from app.loyalty.hearing.refusals import AlreadyAnsweredError, ScoreNotOfferedError, UnknownQuestionError
from app.loyalty.terms.rules import EventRule
from tests.factories.facts import order
from tests.factories.hearing import NPS, SHOP, answer, ask, asked, lived, shop, terms
from tests.factories.houses import House, house
from tests.factories.instants import instant


def row(ours: House, question: UUID) -> QuestionRow:
    with ours.reading() as scope:
        return scope.session.scalars(
            select(QuestionRow).where(
                QuestionRow.programme_id == ours.programme_id, QuestionRow.question_id == question
            )
        ).one()


def test_a_member_is_asked_about_an_order_and_paid_once_for_answering(db: Engine) -> None:
    ours = shop(db)
    ours.settle("2025-02-01", order())
    assert ask(ours, "2025-02-07").row is None
    question = asked(ours, "2025-02-08")

    assert answer(ours, "2025-02-09", question, 9, "Came early")
    assert ours.amounts("ada") == (0, 60, 0, 0)
    assert not answer(ours, "2025-02-10", question, 9, "Came early")
    with pytest.raises(AlreadyAnsweredError):
        answer(ours, "2025-02-10", question, 3, "Came early")
    assert ours.amounts("ada") == (0, 60, 0, 0)
    assert ours.breaches() == []
    kept = row(ours, question)
    assert (kept.score, kept.touchpoint, kept.order_id, kept.answered_at) == (
        9, "delivery", "o1", instant("2025-02-09"),
    )  # fmt: skip


@pytest.mark.parametrize("score", range(11))
def test_the_score_never_changes_the_points(db: Engine, score: int) -> None:
    ours = shop(db)
    ours.settle("2025-02-01", order())
    answer(ours, "2025-02-09", asked(ours, "2025-02-08"), score)

    assert ours.amounts("ada") == (0, 60, 0, 0)


def test_an_ask_counts_though_nobody_answers_and_the_next_one_waits(db: Engine) -> None:
    ours = shop(db)
    ours.settle("2025-02-01", order())
    first = asked(ours, "2025-02-08")
    assert asked(ours, "2025-02-09") == first
    ours.settle("2025-03-25", order("o2", paid="2025-03-25"))

    assert ask(ours, "2025-04-10") == Asking(None, instant("2025-02-08") + timedelta(days=90))
    ours.settle("2025-05-01", order("o3", paid="2025-05-01"))
    assert row(ours, asked(ours, "2025-05-09")).order_id == "o3"


def test_a_question_that_closed_cannot_be_answered_any_more(db: Engine) -> None:
    ours = shop(db)
    ours.settle("2025-02-01", order())
    question = asked(ours, "2025-02-08")
    with pytest.raises(OfferClosedError) as late:
        answer(ours, "2025-03-10", question, 9)

    assert late.value.numbers() == {"closed_at": "2025-03-10T12:00:00Z"}
    assert ours.amounts("ada") == (0, 10, 0, 0)


@pytest.mark.parametrize(
    "gone",
    (order(cancelled="2025-02-05", updated="2025-02-05"), order(paid=None), order(test=True), order(paid="2024-12-01")),
    ids=("cancelled", "unpaid", "a test", "long ago"),
)
def test_nobody_is_asked_about_an_order_that_does_not_stand(db: Engine, gone: Order) -> None:
    ours = shop(db)
    ours.settle("2025-02-05", gone)

    assert ask(ours, "2025-02-08") == Asking()


def test_a_score_off_the_scale_is_refused_with_the_scale(db: Engine) -> None:
    ours = shop(db, SHOP)
    ours.settle("2025-02-01", order())
    question = asked(ours, "2025-02-08")
    for score in (0, 6):
        with pytest.raises(ScoreNotOfferedError) as refused:
            answer(ours, "2025-02-09", question, score)
        assert refused.value.numbers() == {"minimum": 1, "maximum": 5}
    assert row(ours, question).answered_at is None


def test_nobody_answers_for_another(db: Engine) -> None:
    ours = shop(db)
    ours.settle("2025-02-01", order())
    ours.join("ben")
    question = asked(ours, "2025-02-08")
    for who, what in (("ben", question), ("nobody", question), ("ada", UUID(int=7))):
        with pytest.raises(UnknownQuestionError):
            answer(ours, "2025-02-09", what, 9, customer=who)
    assert row(ours, question).answered_at is None


def test_answers_count_towards_the_limits_of_their_rule(db: Engine) -> None:
    ours = house(db, terms(replace(NPS, quiet_days=1), earn=[EventRule("survey", 50, max_total=1)]))
    for number, day in enumerate(("2025-02-01", "2025-02-05")):
        ours.settle(day, order(f"o{number}", paid=day))
    answer(ours, "2025-02-09", asked(ours, "2025-02-08"), 9)
    answer(ours, "2025-02-13", asked(ours, "2025-02-12"), 9)

    assert ours.amounts("ada") == (0, 70, 0, 0)


def test_a_survey_without_an_event_pays_nothing(db: Engine) -> None:
    ours = shop(db, SHOP)
    ours.settle("2025-02-01", order())
    answer(ours, "2025-02-09", asked(ours, "2025-02-08"), 5)

    assert ours.amounts("ada") == (0, 10, 0, 0)


def test_a_question_keeps_the_survey_it_was_asked_by(db: Engine) -> None:
    ours = shop(db, SHOP)
    ours.settle("2025-02-01", order())
    question = asked(ours, "2025-02-08")
    ours.publish("2025-02-08", replace(terms(replace(SHOP, scale=3, satisfied=3)), starts_at=instant("2025-02-08T13")))

    assert answer(ours, "2025-02-09", question, 5)
    with ours.reading() as scope:
        [report] = hearing.reports(scope, None, fewest=1)
    assert report.overall == Line(None, Tally(1), Decimal(100))


def test_own_words_are_sealed(db: Engine) -> None:
    ours = shop(db)
    ours.settle("2025-02-01", order())
    question = asked(ours, "2025-02-08")
    answer(ours, "2025-02-09", question, 3, "Canary cage broken")
    kept = row(ours, question)

    assert kept.comment_sealed is not None
    assert b"Canary" not in kept.comment_sealed
    with ours.reading() as scope:
        assert [questions.comment(scope, each) for each in questions.latest(scope, 5)] == ["Canary cage broken"]


def test_a_merged_members_answers_and_quiet_period_follow_them(db: Engine) -> None:
    ours = shop(db)
    ours.settle("2025-02-01", order("o1", customer="ben"))
    ours.join("ada")
    asked(ours, "2025-02-08", "ben")
    ours.merge("2025-02-10", "ada", "ben")
    ours.settle("2025-02-11", order("o2", paid="2025-02-11"))

    assert ask(ours, "2025-03-15").opens_at == instant("2025-02-08") + timedelta(days=90)


# -- the report --------------------------------------------------------------------------------------------------------


def test_the_report_equals_the_table_made_by_hand(db: Engine) -> None:
    ours = lived(db)
    with ours.reading() as scope:
        [report] = hearing.reports(scope, None, fewest=1)

    # Promoters 10 9 9, passive 8, detractors 6 0: (3 - 2) / 6 = 16.67
    assert report.overall == Line(None, Tally(3, 1, 2), Decimal("16.7"))
    assert report.by == {
        Driver.TOUCHPOINT: (
            Line("shop", Tally(1, 1, 1), Decimal(0)),  # 9 8 0
            Line("delivery", Tally(2, 0, 1), Decimal("33.3")),  # 10 9 6
        ),
        Driver.TIER: (
            Line(None, Tally(1, 1, 1), Decimal(0)),  # d e f
            Line("silver", Tally(2, 0, 1), Decimal("33.3")),  # a b c
        ),
        Driver.PRODUCT: (
            Line("tea", Tally(1, 1, 2), Decimal(-25)),  # 9 6 8 0
            Line("mug", Tally(3, 0, 0), Decimal(100)),  # 10 9 9
        ),
    }


def test_six_answers_are_too_few_for_a_score_and_old_ones_are_left_out(db: Engine) -> None:
    ours = lived(db)
    with ours.reading() as scope:
        [report] = hearing.reports(scope, None)
        [late] = hearing.reports(scope, instant("2025-02-10"), fewest=1)
        assert questions.numbers(scope, None) == (6, 6)
        assert hearing.reports(scope, instant("2025-03-01")) == []

    assert report.overall == Line(None, Tally(3, 1, 2), None)
    assert {line.score for lines in report.by.values() for line in lines} == {None}
    assert late.overall.tally == Tally(1, 1, 1)


def test_another_programme_hears_nothing_of_it(db: Engine) -> None:
    lived(db)
    with shop(db).reading() as scope:
        assert hearing.reports(scope, None) == []
        assert questions.numbers(scope, None) == (0, 0)
