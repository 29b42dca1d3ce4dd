"""Who the members are: names and addresses opened for display, for a page of members at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.db.cipher import SealBrokenError
from app.db.scope import Scope
from app.db.tables import PersonRow


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a member's person; None where no shop ever said it, or it was erased."""

    name: str | None = None
    email: str | None = None
    locale: str | None = None


NOBODY = Person()


def people(scope: Scope, member_ids: Iterable[UUID]) -> dict[UUID, Person]:
    """Return the persons behind members of the programme."""
    rows = scope.session.scalars(
        select(PersonRow).where(
            PersonRow.programme_id == scope.programme_id, PersonRow.member_id.in_(sorted(set(member_ids)))
        )
    )
    return {row.member_id: opened(scope, row) for row in rows}


def opened(scope: Scope, row: PersonRow) -> Person:
    """Return a stored person opened."""
    return Person(_text(scope, row.name_sealed), _text(scope, row.email_sealed), row.locale)


def _text(scope: Scope, sealed: bytes | None) -> str | None:
    """Return what is sealed; what none of our keys opens is as if it was never said."""
    try:
        return scope.cipher.open(sealed).decode() if sealed else None
    except SealBrokenError:
        return None
