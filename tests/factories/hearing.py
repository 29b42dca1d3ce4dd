"""Members who are asked and answer, and a sample of six whose report was worked out by hand."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Engine

from app.actions.answer_question import answer_question
from app.actions.ask_question import Asking, ask_question
from app.loyalty.hearing.surveys import About, Survey, SurveyKind
from app.loyalty.terms.programme import Level, Version
from app.loyalty.terms.rules import EventRule
from tests.factories.facts import line, order
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import ONE_PER_EURO, ladder, version

NPS = Survey("after", SurveyKind.NPS, "delivery", event="survey", wait_days=7, open_days=30, quiet_days=90)
SHOP = Survey("shop", SurveyKind.CSAT, "shop", about=About.SHOP, wait_days=1, quiet_days=30)
PAYS = EventRule("survey", 50)


def terms(*surveys: Survey, earn: Sequence[EventRule] = (PAYS,)) -> Version:
    """Return a version with these surveys: a point per euro, 50 for an answer, silver from 50 euros on."""
    tiers = ladder(Level("silver", 5000))
    return replace(version(earn=[ONE_PER_EURO, *earn], tiers=tiers), surveys=surveys)


def shop(db: Engine, *surveys: Survey) -> House:
    """Return a programme that asks so."""
    return house(db, terms(*(surveys or (NPS,))))


def ask(ours: House, now: str, customer: str = "ada") -> Asking:
    """Ask a customer what is due."""
    with ours.unit(now) as scope:
        return ask_question(scope, ours.shop_id, ours.member(customer))


def asked(ours: House, now: str, customer: str = "ada") -> UUID:
    """Return the question that a customer is asked."""
    row = ask(ours, now, customer).row
    assert row is not None
    return row.question_id


def answer(ours: House, now: str, question: UUID, score: int, comment: str = "", customer: str = "ada") -> bool:
    """Let a customer answer."""
    with ours.unit(now) as scope:
        return answer_question(scope, ours.shop_id, customer, question, score, comment)


ANSWERS = (
    # customer, euros, products, score; silver from 50 euros on
    ("a", "60.00", ("mug",), 10), ("b", "60.00", ("mug", "tea"), 9), ("c", "60.00", ("tea",), 6),
    ("d", "10.00", ("mug",), 9), ("e", "10.00", ("tea",), 8), ("f", "10.00", ("tea",), 0),
)  # fmt: skip
_FIRST = 3


def lived(db: Engine, times: int = 1) -> House:
    """Six members of two tiers answer about one of two products, three of them under another touchpoint.

    Everybody has so many doubles.
    """
    ours = shop(db)
    for number, (who, price, products, score) in enumerate(ANSWERS):
        if number == _FIRST:
            ours.publish("2025-02-09", replace(terms(replace(NPS, touchpoint="shop")), starts_at=instant("2025-02-10")))
        each = str(Decimal(price) / len(products))
        lines = [line(each, f"l{index}", product) for index, product in enumerate(products)]
        now = "2025-02-09" if number < _FIRST else "2025-02-11"
        for double in range(times):
            customer = f"{who}{double}"
            ours.settle("2025-02-01", order(f"o-{customer}", customer=customer, lines=lines))
            answer(ours, now, asked(ours, now, customer), score, customer=customer)
    return ours
