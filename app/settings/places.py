"""Where things are: databases, sockets and the sandbox's shops, read out of what the variables say."""

import re
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit


def database_url(url: str) -> str:
    """Hosting panels write ``postgres://``, people ``postgresql://``; SQLAlchemy wants the driver named."""
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)


def socket(data: Path) -> Path:
    """The socket of the Valkey that is started when no Redis was named."""
    return data / "valkey.sock"


def items(text: str) -> tuple[str, ...]:
    """The parts of a comma list, without blanks and empty ones."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def sandbox(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """`shop=http://127.0.0.1:8101,…` as a table, and the parts that do not read so. Only loopback is taken."""
    table: dict[str, str] = {}
    unusable: list[str] = []
    for item in items(text):
        shop, _, address = item.partition("=")
        if re.fullmatch(r"[a-z0-9.-]+", shop) and _is_loopback(address):
            table[shop] = address.rstrip("/")
        else:
            unusable.append(item)
    return table, tuple(unusable)


def _is_loopback(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme == "http" and (
            parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
        )
    except ValueError:
        return False
