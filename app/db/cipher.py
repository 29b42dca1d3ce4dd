"""Sealing what must not be readable at rest, and keyed hashes for finding it again."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


@lru_cache(maxsize=8)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


class SealBrokenError(Exception):
    """Sealed bytes that none of our keys opens."""


@dataclass(frozen=True, slots=True)
class Cipher:
    """Keys in use, newest first: the first seals, all open. ``pepper`` keys the hashes and is never rotated alone."""

    keys: Sequence[str] = field(repr=False)
    pepper: str = field(repr=False)

    @property
    def _fernet(self) -> MultiFernet:
        return _fernet(tuple(self.keys))

    def seal(self, content: bytes) -> bytes:
        """Return the content encrypted and authenticated."""
        return self._fernet.encrypt(content)

    def open(self, sealed: bytes) -> bytes:
        """Return the content. Raises SealBrokenError."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise SealBrokenError from error

    def rotate(self, sealed: bytes) -> bytes:
        """Return the same content under the newest key. Raises SealBrokenError."""
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken as error:
            raise SealBrokenError from error

    def secret(self, purpose: str) -> bytes:
        """Return the key that signs what is made for one purpose and read by ourselves only."""
        return hashlib.sha256(f"kizuna:{purpose}:{self.pepper}".encode()).digest()

    def fingerprint(self, text: str) -> str:
        """Return a keyed hash (hex, 64 characters) of an e-mail or the like, folded to lower case and trimmed."""
        key = hashlib.sha256(b"kizuna:fingerprint:" + self.pepper.encode()).digest()
        return hmac.new(key, text.strip().casefold().encode(), hashlib.sha256).hexdigest()
