"""Offline tokens that expire, refresh tokens that rotate, and the rule by which an old one still works."""

import secrets
from datetime import timedelta

from tests.sandbox.shopify.records import Grant, TokenPair
from tests.sandbox.store import Store

ACCESS_FOR = timedelta(hours=1)
REFRESH_FOR = timedelta(days=90)
_OLD_FOR = timedelta(days=30)
_GRANT_FOR = timedelta(hours=1)


class Tokens:
    """The tokens of one app at one shop."""

    def __init__(self, store: Store) -> None:
        """Take over what the store's file remembers."""
        self._store = store
        self.pairs: dict[int, TokenPair] = store.load(TokenPair)
        self.grants: dict[int, Grant] = store.load(Grant)

    def issue(self, scopes: list[str], parent: TokenPair | None = None) -> TokenPair:
        """Make a new pair; from a refresh it knows its parent, from an exchange it stands alone."""
        with self._store.change() as change:
            pair = TokenPair(
                id=change.next_id("token"),
                access_token=f"shpat_{secrets.token_hex(16)}",
                refresh_token=f"shprt_{secrets.token_hex(16)}",
                scopes=list(scopes),
                access_until=change.now + ACCESS_FOR,
                refresh_until=change.now + REFRESH_FOR,
                parent=parent.id if parent else None,
            )
            self.pairs[pair.id] = pair
            change.put(pair)
        return pair

    def opened_by(self, access_token: str) -> TokenPair | None:
        """The pair whose access token this is, if it is still good; its first use ends what it replaced."""
        with self._store.lock:
            now = self._store.clock.now()
            for pair in self.pairs.values():
                if secrets.compare_digest(pair.access_token, access_token) and pair.access_until > now:
                    self._used(pair)
                    return pair
        return None

    def refresh(self, refresh_token: str) -> TokenPair | None:
        """Trade a refresh token for a new pair; None when it no longer works.

        An old token works until its replacement is first used, for 30 days after its own first use at most: an
        app that never got the answer may ask again.
        """
        with self._store.change() as change:
            pair = next((p for p in self.pairs.values() if p.refresh_token == refresh_token), None)
            if pair is None or pair.dead or pair.refresh_until <= change.now:
                return None
            self._used(pair)
            pair.refresh_until = min(pair.refresh_until, change.now + _OLD_FOR)
            change.put(pair)
            return self.issue(pair.scopes, pair)

    def grant(self, client_id: str, scopes: list[str]) -> str:
        """Make a code for the authorization-code grant."""
        with self._store.change() as change:
            grant = Grant(change.next_id("grant"), secrets.token_hex(16), client_id, scopes, change.now + _GRANT_FOR)
            self.grants[grant.id] = grant
            change.put(grant)
        return grant.code

    def redeem(self, code: str, client_id: str) -> Grant | None:
        """Take a code back, once."""
        with self._store.change() as change:
            grant = next((g for g in self.grants.values() if g.code == code and g.client_id == client_id), None)
            if grant is None or grant.until <= change.now:
                return None
            del self.grants[grant.id]
            change.remove(grant)
            return grant

    def revoke_all(self) -> None:
        """The app was uninstalled."""
        with self._store.change() as change:
            for pair in self.pairs.values():
                change.remove(pair)
            self.pairs.clear()

    def _used(self, pair: TokenPair) -> None:
        if pair.used_at is not None:
            return
        with self._store.change() as change:
            pair.used_at = change.now
            change.put(pair)
            # What made this pair, and what else was made by it, is of no more use.
            for other in self.pairs.values():
                replaced = other.id == pair.parent or (other.parent is not None and other.parent == pair.parent)
                if replaced and other.id != pair.id:
                    other.dead = True
                    change.put(other)
