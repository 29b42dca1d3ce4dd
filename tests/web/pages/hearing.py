"""A shop that asks its members: twelve answer, some in their own words; three answers and a review open cases."""

from dataclasses import replace
from datetime import timedelta

from app.actions.answer_question import answer_question
from app.actions.ask_question import ask_question
from app.actions.write_note import Written, write_note
from app.db import programmes
from app.db.members import new_id
from app.db.notes import Reader, Visibility
from app.db.unit import unit_of_work
from app.loyalty.facts import Customer, Line, Review, SignUp
from app.loyalty.hearing.recovery import Recovery
from app.loyalty.hearing.surveys import About, Survey, SurveyKind
from app.loyalty.templates.starter import starter_version
from app.loyalty.terms.recommending import Recommending
from app.loyalty.terms.rules import EventRule
from tests.web.pages.story import Story, day, order

SURVEYS = (
    Survey("after", SurveyKind.NPS, "delivery", wait_days=2, event="survey", quiet_days=30, low=6),
    Survey("shop", SurveyKind.CSAT, "support", about=About.SHOP, wait_days=20, quiet_days=5),
)
SCORES = (10, 9, 9, 10, 8, 7, 6, 3, 10, 9, 9, 0)
WORDS = {
    6: "The parcel was wet.\nTwice!",
    7: "Too late <b>again</b>",
    0: "Wonderful tea",
    11: "Nobody answered my mail",
}
NAMES = ("Maya Lindqvist", "Jonas Petrov", "Kim Ito", "Ola Berg")


def sad_review() -> Review:
    """Return the review of a customer who bought a mug."""
    at = day(39) + timedelta(hours=12)
    return Review("rv1", Customer("303"), "mug", at, at, approved=True, rating=1)


def ask_and_answer(story: Story, number: int, score: int, words: str) -> None:
    """Ask a customer what is due, and let them answer."""
    with unit_of_work(story.works.engine) as session:
        scope = story.scope(session)
        row = ask_question(scope, story.shop_id, story.member(str(300 + number))).row
        assert row is not None
        answer_question(scope, story.shop_id, str(300 + number), row.question_id, score, words)


def a_hearing(story: Story, currency: str = "USD", locale: str = "en") -> Story:
    """Tell it, ending on day 40."""
    with unit_of_work(story.works.engine) as session:
        version = starter_version(currency, day(1), locale)
        version = replace(version, earn=(*version.earn, EventRule("survey", 50)), surveys=SURVEYS)
        named = Recommending(names={"mug": "Blue mug"})
        version = replace(version, recovery=Recovery(), goodwill_budget=100, recommend=named)
        programmes.publish(session, story.programme_id, version, by="operator", now=day(0))
    for number in range(len(SCORES)):
        customer = str(300 + number)
        person = Customer(customer, f"{customer}@example.com", NAMES[number] if number < len(NAMES) else None)
        story.tell(day(2), SignUp(person, day(2)))
        product = "mug" if number % 2 else "tea"
        bought = replace(order(10500 + number, customer, day(3), 9000), lines=(Line("1", product, 1, 9000),))
        story.tell(day(3), bought)
    for number, score in enumerate(SCORES):
        story.at(day(6))
        ask_and_answer(story, number, score, WORDS.get(number, ""))
    story.at(day(30))
    for number in (0, 1):
        ask_and_answer(story, number, 2 + number, "")
    story.tell(sad_review().at, sad_review())
    story.at(day(40))
    first = Written(new_id(), "Prefers the side entrance")
    second = Written(new_id(), "Prefers the back door", Visibility.MANAGERS, corrects=first.id)
    for written in (first, second, Written(new_id(), "Ask for the manager first", Visibility.MANAGERS)):
        with unit_of_work(story.works.engine) as session:
            write_note(story.scope(session), story.member("300"), Reader("operator", manager=True), written)
    return story
