"""What a planted bug is: one place in one file, changed so that a promise no longer holds."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


class MisplacedError(Exception):
    """The text a bug changes is not there, or not once: the code has moved on and the bug must follow it."""


@dataclass(frozen=True, slots=True)
class Bug:
    """``was`` stands once in ``file`` and is replaced by ``becomes``; one of ``caught_by`` must fail for it."""

    promise: str
    """The promise or fault of the catalogue that it breaks: L1…P1, F-01…, V-01…"""
    name: str
    file: str
    was: str
    becomes: str
    caught_by: tuple[str, ...]

    def planted_in(self, root: Path) -> str:
        """Return the file's text with the bug in it. Raises MisplacedError."""
        text = (root / self.file).read_text(encoding="utf-8")
        if text.count(self.was) != 1:
            message = f"{self.name!r}: its text stands {text.count(self.was)} times in {self.file}, not once."
            raise MisplacedError(message)
        return text.replace(self.was, self.becomes)
