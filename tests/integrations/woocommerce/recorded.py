"""Reads the requests a real store sent (payloads/), as a platform gets them."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from integrations.platform import Request, ShopProfile

PAYLOADS = Path(__file__).parent / "payloads"
SECRET = "bench-secret"
SHOP = ShopProfile(domain="bench.example.com", name="Bench", currency="USD", zone="America/New_York")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request of a file; ``topic`` is empty where its headers name none."""

    file: str
    number: int
    request: Request
    topic: str
    signed: bool

    @property
    def name(self) -> str:
        """Say which one it is."""
        return f"{self.file}[{self.number}]"


@cache
def recorded() -> tuple[Recorded, ...]:
    """Return every request of every file, in order."""
    found = []
    for path in sorted(PAYLOADS.glob("*.json")):
        for number, sent in enumerate(json.loads(path.read_text("utf-8"))["requests"]):
            headers = {name.lower(): value for name, value in sent["headers"].items()}
            found.append(
                Recorded(
                    file=path.stem,
                    number=number,
                    request=Request(
                        method=sent["method"],
                        path="/webhooks/woocommerce",
                        headers=headers,
                        query=(("shop", "shop-1"),),
                        body=sent["body"].encode("utf-8"),
                    ),
                    topic=headers.get("x-wc-webhook-topic", ""),
                    signed=sent["signature_ok"] is True,
                )
            )
    return tuple(found)


def of_file(file: str, topic: str) -> Recorded:
    """Return the one request of ``file`` with ``topic`` (the last, where there are several)."""
    return [each for each in recorded() if each.file == file and each.topic == topic][-1]
