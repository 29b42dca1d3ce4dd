"""Members by the names shops give them: found, made once, and the person behind kept sealed."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from uuid6 import uuid7

from app.db.scope import Scope
from app.db.tables import IdentityRow, MemberRow, PersonRow
from app.loyalty.facts import Customer

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_LENGTH = 10


def new_id() -> UUID:
    """Return a UUIDv7: ids sort by the time they were made, so indexes grow at one end."""
    return UUID(int=uuid7().int)


def word(length: int = _CODE_LENGTH) -> str:
    """Return an unguessable word of letters and digits that people can read to each other (5 bits a character)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def identity_key(scope: Scope, customer: Customer) -> str | None:
    """Return how a shop names this customer: its id, else ``guest:`` with the keyed hash of the e-mail.

    None for nobody.
    """
    if customer.id:
        return customer.id
    return f"guest:{scope.cipher.fingerprint(customer.email)}" if customer.email else None


def find(scope: Scope, shop_id: UUID, keys: Iterable[str]) -> dict[str, UUID]:
    """Return the members a shop knows by these identity keys."""
    rows = scope.session.execute(
        select(IdentityRow.customer_id, IdentityRow.member_id).where(
            IdentityRow.programme_id == scope.programme_id,
            IdentityRow.shop_id == shop_id,
            IdentityRow.customer_id.in_(sorted(set(keys))),
        )
    )
    return dict(rows.all())


def find_or_make(scope: Scope, shop_id: UUID, customers: Mapping[str, Customer]) -> dict[str, UUID]:
    """Return the member of each identity key, making those that are new.

    Two units making the same member at once: the identity's key lets one win, the other waits and finds it.
    """
    known = find(scope, shop_id, customers)
    missing = sorted(set(customers) - set(known))
    if missing:
        made = {key: new_id() for key in missing}
        rows = [
            {
                "programme_id": scope.programme_id,
                "shop_id": shop_id,
                "customer_id": key,
                "member_id": made[key],
                "created_at": scope.now,
            }
            for key in missing
        ]
        _insert_new(scope, IdentityRow, rows)
        known |= find(scope, shop_id, missing)
        mine = [key for key in missing if known[key] == made[key]]
        _make_members(scope, {known[key]: customers[key] for key in mine})
    return known


def _insert_new(scope: Scope, table: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    dialect = scope.session.get_bind().dialect.name
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table.__table__)
    scope.session.connection().execute(statement.on_conflict_do_nothing(), list(rows))


def _make_members(scope: Scope, members: Mapping[UUID, Customer]) -> None:
    if not members:
        return
    scope.session.execute(
        insert(MemberRow),
        [
            {
                "programme_id": scope.programme_id,
                "member_id": member_id,
                "created_at": scope.now,
                "provisional": customer.id is None,
                "referral_code": word(),
                "passed_until": scope.now,
            }
            for member_id, customer in members.items()
        ],
    )
    people = [_person(scope, member_id, customer) for member_id, customer in members.items()]
    scope.session.execute(insert(PersonRow), people)


def _person(scope: Scope, member_id: UUID, customer: Customer) -> dict[str, Any]:
    return {
        "programme_id": scope.programme_id,
        "member_id": member_id,
        "name_sealed": scope.cipher.seal(customer.name.encode()) if customer.name else None,
        "email_sealed": scope.cipher.seal(customer.email.encode()) if customer.email else None,
        "email_hash": scope.cipher.fingerprint(customer.email) if customer.email else None,
        "locale": customer.locale,
    }


def remember(scope: Scope, member_id: UUID, customer: Customer) -> None:
    """Keep what a shop says of a person: only what it said now; what it left out stays as it was."""
    values = {name: value for name, value in _person(scope, member_id, customer).items() if value is not None}
    del values["programme_id"], values["member_id"]
    if values:
        scope.session.execute(
            update(PersonRow)
            .where(PersonRow.programme_id == scope.programme_id, PersonRow.member_id == member_id)
            .values(**values)
        )


def with_email(scope: Scope, email_hash: str) -> list[UUID]:
    """Return the members whose e-mail has this keyed hash, or who stand for one that had it."""
    found = scope.session.scalars(
        select(PersonRow.member_id).where(
            PersonRow.programme_id == scope.programme_id, PersonRow.email_hash == email_hash
        )
    )
    return sorted(set(standing(scope, found).values()))


def standing(scope: Scope, member_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return who stands for each of these members: themselves, or whom they were merged into, step by step."""
    found = {member_id: member_id for member_id in member_ids}
    while found:
        rows = scope.session.execute(
            select(MemberRow.member_id, MemberRow.merged_into).where(
                MemberRow.programme_id == scope.programme_id,
                MemberRow.member_id.in_(sorted(set(found.values()))),
                MemberRow.merged_into.is_not(None),
            )
        )
        steps: dict[UUID, UUID] = {lost: kept for lost, kept in rows if kept is not None}
        if not steps:
            break
        found = {member_id: steps.get(now, now) for member_id, now in found.items()}
    return found


def prove(scope: Scope, shop_id: UUID, customer_id: str, email: str | None) -> None:
    """Note which address an account has proved, as its shop says now (None: none)."""
    scope.session.execute(
        update(IdentityRow)
        .where(
            IdentityRow.programme_id == scope.programme_id,
            IdentityRow.shop_id == shop_id,
            IdentityRow.customer_id == customer_id,
        )
        .values(proved_hash=scope.cipher.fingerprint(email) if email is not None else None)
    )


def proved_elsewhere(scope: Scope, shop_id: UUID, email_hash: str) -> list[UUID]:
    """Return the members with an account at another shop of the programme that proved this address."""
    return list(
        scope.session.scalars(
            select(IdentityRow.member_id)
            .where(
                IdentityRow.programme_id == scope.programme_id,
                IdentityRow.shop_id != shop_id,
                IdentityRow.proved_hash == email_hash,
            )
            .distinct()
            .order_by(IdentityRow.member_id)
        )
    )


def accounts(scope: Scope, member_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Return which of these members each shop knows by an account, not as a guest alone."""
    wanted = sorted(set(member_ids))
    if not wanted:
        return {}
    rows = scope.session.execute(
        select(IdentityRow.shop_id, IdentityRow.member_id)
        .where(
            IdentityRow.programme_id == scope.programme_id,
            IdentityRow.member_id.in_(wanted),
            IdentityRow.customer_id.not_like("guest:%"),
        )
        .distinct()
    )
    known: dict[UUID, list[UUID]] = {}
    for shop_id, member_id in rows:
        known.setdefault(shop_id, []).append(member_id)
    return known


def email_hashes(scope: Scope, member_ids: Iterable[UUID]) -> dict[str, UUID]:
    """Return the keyed e-mail hashes of members."""
    rows = scope.session.execute(
        select(PersonRow.email_hash, PersonRow.member_id).where(
            PersonRow.programme_id == scope.programme_id,
            PersonRow.member_id.in_(list(member_ids)),
            PersonRow.email_hash.is_not(None),
        )
    )
    return {email_hash: member_id for email_hash, member_id in rows if email_hash is not None}


def provisional(scope: Scope, member_ids: Iterable[UUID]) -> list[UUID]:
    """Return which of these members are guests whose address nobody proved."""
    return list(
        scope.session.scalars(
            select(MemberRow.member_id).where(
                MemberRow.programme_id == scope.programme_id,
                MemberRow.member_id.in_(sorted(set(member_ids))),
                MemberRow.provisional.is_(True),
            )
        )
    )


def repoint(scope: Scope, shop_id: UUID, key: str, member_id: UUID) -> None:
    """Let an identity name another member from now on."""
    scope.session.execute(
        update(IdentityRow)
        .where(
            IdentityRow.programme_id == scope.programme_id,
            IdentityRow.shop_id == shop_id,
            IdentityRow.customer_id == key,
        )
        .values(member_id=member_id)
    )


def add_identity(scope: Scope, shop_id: UUID, key: str, member_id: UUID) -> None:
    """Let another shop of the programme know a member by its own name; a known name stays as it is."""
    row = {
        "programme_id": scope.programme_id,
        "shop_id": shop_id,
        "customer_id": key,
        "member_id": member_id,
        "created_at": scope.now,
    }
    _insert_new(scope, IdentityRow, [row])
