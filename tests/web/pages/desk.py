"""A shop with a referral desk: one referral waits, one was refused, one is free of doubt."""

from dataclasses import replace
from datetime import datetime, timedelta

from app.actions.decide_referral import refuse_referral
from app.db import programmes
from app.db.unit import unit_of_work
from app.loyalty.facts import Customer, Order, Referral, SignUp, Traces
from app.loyalty.templates.starter import starter_version
from app.loyalty.terms.suspicion import ReferralDesk
from tests.web.pages.story import Story, day, order

HOME = Traces("street12/10115/de", "198.51.100.7")
MAYA, MAYA_TOO = (
    Customer("101", "maya@lindqvist.example", "Maya Lindqvist"),
    Customer("102", "maya+2@lindqvist.example"),
)
COUSIN, FRIEND = Customer("103", "kim@example.com", "Kim <b>Lind</b>"), Customer("104", "ola@example.com", "Ola Berg")


def _bought(number: int, customer: str, paid: datetime, traces: Traces) -> Order:
    return replace(order(number, customer, paid, 5000), traces=traces)


def a_desk(story: Story, currency: str = "USD", locale: str = "en") -> Story:
    """Tell it, ending on day 40."""
    with unit_of_work(story.works.engine) as session:
        version = replace(starter_version(currency, day(1), locale), referral_desk=ReferralDesk())
        programmes.publish(session, story.programme_id, version, by="operator", now=day(0))
    for customer in (MAYA, MAYA_TOO, COUSIN, FRIEND):
        story.tell(day(2), SignUp(customer, day(2)))
    story.tell(day(3), _bought(10401, "101", day(3), HOME))
    for index, friend in enumerate((MAYA_TOO, COUSIN, FRIEND)):
        at = day(10 + index)
        story.tell(at, Referral(f"rf{index}", Customer("101"), Customer(friend.id), at))
    paid = day(10) + timedelta(minutes=3)
    story.tell(paid, _bought(10402, "102", paid, HOME))
    story.tell(day(20), _bought(10403, "103", day(20), replace(HOME, network=None)))
    story.tell(day(21), _bought(10404, "104", day(21), Traces()))
    story.at(day(22))
    with unit_of_work(story.works.engine) as session:
        refuse_referral(story.scope(session), "rf1", key="r1", actor="operator", why="One household")
    story.at(day(40))
    return story
