"""A member tells when their birthday is: as often as they like, until it was celebrated once."""

from uuid import UUID

from app.actions.answer_profile import lock
from app.actions.settle_facts import settle_facts
from app.db import members
from app.db.birthdays import birthday_of, was_celebrated
from app.db.scope import Scope
from app.loyalty.facts import Birthday, Customer
from app.loyalty.hearing.refusals import BirthdayKeptError


def tell_birthday(scope: Scope, shop_id: UUID, customer_id: str, month: int, day: int) -> bool:
    """Keep the month and day that a shop's customer tells, from now on. Returns whether it says anything new.

    ``day`` exists in ``month`` of a leap year. Raises UnknownMemberError, BirthdayKeptError once a birthday earned
    something: until then a date can be changed, or some would have their birthday twice.
    """
    member_id = lock(scope, members.find(scope, shop_id, [customer_id]).get(customer_id))
    if birthday_of(scope, member_id) == (month, day):
        return False
    if was_celebrated(scope, member_id):
        raise BirthdayKeptError
    settle_facts(scope, shop_id, [Birthday(Customer(customer_id), month, day, scope.now)])
    return True
