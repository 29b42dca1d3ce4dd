"""What the JSON of other systems means: which of its places say who did what, and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hook:
    """Whatever is posted to the address of this hook is the event ``event``.

    Places are names with dots between, positions in lists as numbers: ``data.answers.0.at``. ``customer`` leads to the
    shop's own id of the customer, ``email`` to an address; ``at`` to when it happened (left out: when it arrived),
    ``key`` to what names it (left out: the whole body, so that the same body twice is one event). Only bodies that have
    the values of ``where`` at its places count.
    """

    id: str
    event: str
    customer: str = ""
    email: str = ""
    at: str = ""
    key: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
