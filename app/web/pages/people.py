"""How people are shown: a name, or what stands for it, and the letters of their round."""

from markupsafe import Markup

from app.db.people import Person
from app.web.pages.words import Words

_EAST_ASIAN = "\u2e80"
"""From here on the signs of Chinese, Japanese and Korean: a family name comes first and has no initials."""
_LETTERS = 2


def name(words: Words, person: Person) -> Markup:
    """Return how a person is called: by name, else by address, else that we do not know."""
    return Markup.escape(person.name or person.email) if person.name or person.email else words("nobody")


def letters(said: str | None) -> str:
    """Return one or two letters for a round: initials, or the first signs of a name written without spaces."""
    parts = [part for part in (said or "").replace("@", " ").split() if part]
    if not parts:
        return "–"
    first = parts[0]
    if first[0] >= _EAST_ASIAN:
        return first[:_LETTERS]
    return "".join(part[0] for part in (parts[0], *parts[1:][-1:])).upper()
