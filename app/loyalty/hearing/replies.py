"""What staff begin an answer with: texts whose fields are filled in, or say something fitting if unknown."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

ALWAYS: Final = frozenset({"score", "shop"})
"""Fields that every case has."""
SOMETIMES: Final = frozenset({"name", "order", "product"})
"""Fields that a case may lack: a text that names one says after a bar what stands there instead."""
_FIELD: Final = re.compile(r"\{([^{}|]*)(?:\|([^{}|]*))?\}")
_FALLBACK: Final = "en"
_POLITE: Final = {"ja": "{}様"}


@dataclass(frozen=True, slots=True)
class Template:
    """A text by language. ``{name|there}`` is the member's name, or "there" where it is not known."""

    id: str
    text: Mapping[str, str]

    def words(self, language: str) -> str:
        """Return the text in a language, else in English, else in any it has."""
        return self.text.get(language) or self.text.get(_FALLBACK) or next(iter(self.text.values()), "")


def filled(text: str, values: Mapping[str, str | None]) -> str:
    """Return a text with its fields filled in. What is not known becomes what stands after the bar, else nothing.

    A value is put in as it is: a brace in somebody's name is no field.
    """
    return _FIELD.sub(lambda found: values.get(found[1]) or found[2] or "", text)


def first_name(name: str | None, language: str) -> str | None:
    """Return how somebody is called in a letter: by the first of their names, with what politeness adds to it."""
    names = (name or "").split()
    return _POLITE.get(language, "{}").format(names[0]) if names else None


def faults(text: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a text: a stable word and the field it is about."""
    for name, instead in _FIELD.findall(text):
        if name not in ALWAYS | SOMETIMES:
            yield "UNKNOWN_FIELD", name
        elif name in SOMETIMES and not instead.strip():
            yield "NO_FALLBACK", name


USUAL: Final = (
    Template(
        "sorry",
        {
            "en": "Dear {name|customer},\n\nwe are sorry. This is not how it should be with {product|your order}. "
            "Tell us what would put it right, and we will see to it.\n\n{shop}",
            "ja": "{name|お客様}\n\nこのたびは{product|ご注文の品}につきましてご不便をおかけし、"
            "誠に申し訳ございません。ご希望の対応をお知らせください。すぐに手配いたします。\n\n{shop}",
        },
    ),
    Template(
        "put-right",
        {
            "en": "Dear {name|customer},\n\nit is put right now. If you are content with it, would you look at your "
            "review or your answer once more? It is yours to change, or to leave as it is.\n\n{shop}",
            "ja": "{name|お客様}\n\nご指摘の点について対応いたしました。ご満足いただけましたら、"
            "レビューや回答の見直しをご検討いただけますと幸いです。そのままでもまったく構いません。\n\n{shop}",
        },
    ),
)
"""What is offered where the programme has no texts of its own."""
