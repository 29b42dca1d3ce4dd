"""Points given or taken by hand: the requests of one member, and which of them were reversed."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.db.scope import Scope
from app.db.tables import RequestRow

_REVERSE = "reverse-"


@dataclass(frozen=True, slots=True)
class ByHand:
    """Every adjustment of a member by its key, refused ones too."""

    requests: Mapping[str, RequestRow]

    def done(self, key: str) -> RequestRow | None:
        """Return an adjustment that was carried out."""
        row = self.requests.get(key)
        return row if row is not None and row.answer["refused"] is None else None

    def is_reversed(self, key: str) -> bool:
        """Say whether an adjustment was taken back by another one."""
        return any(self.reverses(other, key) for other in self._tries(key))

    def reverses(self, other: str, key: str) -> bool:
        """Say whether ``other`` is what took an adjustment back."""
        return other in self._tries(key) and self.done(other) is not None

    def may_be_reversed(self, key: str) -> bool:
        """Say whether an adjustment can be taken back: done, no reversal, not taken back yet."""
        return not key.startswith(_REVERSE) and self.done(key) is not None and not self.is_reversed(key)

    def reversal_key(self, key: str) -> str:
        """Return the key to reverse an adjustment under: the same for everyone who tries now, another after a refusal.

        So two tabs reverse once, and what failed for want of points can be tried again.
        """
        return f"{_REVERSE}{key}-{len(self._tries(key))}"

    def _tries(self, key: str) -> list[str]:
        return [other for other in self.requests if other.startswith(f"{_REVERSE}{key}-")]


def by_hand(scope: Scope, member_id: UUID) -> ByHand:
    """Return a member's adjustments."""
    rows = scope.session.scalars(
        select(RequestRow).where(
            RequestRow.programme_id == scope.programme_id,
            RequestRow.member_id == member_id,
            RequestRow.kind == "adjust",
        )
    )
    return ByHand({row.key: row for row in rows})
