"""Take in what members did besides buying: an event as it happened, a birthday as it was told."""

from app.actions.fact_page import DONE, NOBODY, UNKNOWN, FactPage, Outcome
from app.db import facts
from app.loyalty.facts import Birthday, Event, Gone
from app.loyalty.members.history import MemberBirthday, MemberEvent


def take_event(page: FactPage, event: Event) -> Outcome:
    """Take an event in; it never changes, so the first with its id counts."""
    member_id = page.member(event.customer)
    if member_id is None:
        return NOBODY
    file, key = page.file(member_id), (page.shop, event.id)
    if event.id in page.found.events or key in file.events:
        return DONE
    facts.put_event(page.scope, page.shop_id, event, member_id)
    page.found.events |= facts.event_rows(page.scope, page.shop_id, [event.id])
    file.events[key] = MemberEvent(page.shop, event.id, event.event, event.at)
    return DONE


def take_gone_event(page: FactPage, gone: Gone) -> Outcome:
    """Take note that an event was taken away, as a post deleted: what it earned goes back."""
    row = page.found.events.get(gone.id)
    if row is None:
        return UNKNOWN
    row.gone = True
    page.file(row.member_id).events[(page.shop, gone.id)] = MemberEvent(
        page.shop, gone.id, row.event, row.at, gone=True
    )
    return DONE


def take_birthday(page: FactPage, birthday: Birthday) -> Outcome:
    """Take a birthday in as told at its instant; of two told at one instant the first counts."""
    member_id = page.member(birthday.customer)
    if member_id is None:
        return NOBODY
    file = page.file(member_id)
    if all(told.told_at != birthday.at for told in file.birthdays):
        facts.put_birthday(page.scope, page.shop_id, birthday, member_id)
        file.birthdays.append(MemberBirthday(page.shop, birthday.month, birthday.day, birthday.at))
    return DONE
