"""Where public names lead on this machine: the stores' and the app's hosts are answered on loopback."""

from dataclasses import dataclass
from urllib.parse import urlsplit

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Way:
    """Where a call really goes: a loopback origin, the path with its query, and the Host header to send."""

    origin: str
    path: str
    host: str


class Roads:
    """Maps hosts to loopback origins. Any host that is not loopback and not known leads to the app."""

    def __init__(self, app_url: str) -> None:
        """Begin with the app alone; `app_url` is its loopback origin."""
        self.app_url = app_url.rstrip("/")
        self._places: dict[str, str] = {}

    def add(self, host: str, origin: str) -> None:
        """Say where a host is answered."""
        self._places[host] = origin.rstrip("/")

    def way(self, url: str) -> Way:
        """Find the way to a URL; plain http is meant for loopback only, and nothing here ever leaves the machine."""
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if parts.hostname in _LOOPBACK:
            return Way(f"{parts.scheme}://{parts.netloc}", path, parts.netloc)
        return Way(self._places.get(parts.netloc, self.app_url), path, parts.netloc)

    def allowed(self, url: str) -> bool:
        """Whether a platform would call this URL: https, or plain http on loopback, where TLS would prove nothing."""
        parts = urlsplit(url)
        return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
