"""A real WordPress core on loopback, with our plugin and a WooCommerce of a few functions; MariaDB behind it."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from tests.servers.leash import Leashed

HERE: Final = Path(__file__).parent
PLUGIN: Final = HERE.parents[2] / "widgets" / "woocommerce"
DIST: Final = HERE.parents[2] / "widgets" / "storefront" / "dist"
NAME: Final = "kizuna-loyalty-for-woocommerce"
CORE: Final = HERE.parents[2] / ".tools" / "wordpress" / "usr" / "share" / "wordpress"


@dataclass(frozen=True, slots=True)
class Core:
    """One installed WordPress: ``home`` without a slash at its end, ``content`` its folder of plugins and themes."""

    home: str
    content: Path
    php: Path
    surroundings: Mapping[str, str]

    def run(self, code: str, before: str = "") -> str:
        """Run PHP inside it, ``before`` it is loaded and after, and return what was printed."""
        load = 'define("WP_ADMIN", true); require getenv("KIZUNA_WORDPRESS_CORE") . "/wp-load.php"; '
        return _said(self.php, before + load + code, self.surroundings)

    def complaints(self) -> list[str]:
        """What PHP had to say against our plugin."""
        log = self.content / "debug.log"
        lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
        return [line for line in lines if NAME in line]


def _said(php: Path, code: str, surroundings: Mapping[str, str]) -> str:
    done = subprocess.run(
        [php, "-d", "display_errors=stderr", "-r", code],
        env={**os.environ, **surroundings, "HTTP_HOST": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@contextmanager
def wordpress(php: Path, mariadbd: Path) -> Iterator[Core]:
    """Install a WordPress into folders of its own and serve it; everything is gone afterwards."""
    database, web = Leashed("mariadb", signal="TERM"), Leashed("wordpress", signal="TERM")
    try:
        where = database.folder / "mysql.sock"
        (database.folder / "data").mkdir()
        database.start(
            mariadbd, "--no-defaults", "--user=root" if os.geteuid() == 0 else "--skip-symbolic-links",
            f"--datadir={database.folder / 'data'}", f"--socket={where}", f"--pid-file={database.folder / 'pid'}",
            "--skip-networking", "--skip-grant-tables", "--skip-log-bin", "--performance-schema=off",
            "--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=0",
            ready=lambda: _listens(where),
        )  # fmt: skip
        content = web.folder / "content"
        _fill(content)
        home = f"http://127.0.0.1:{_free_port()}"
        surroundings = {
            "KIZUNA_WORDPRESS_CORE": str(CORE),
            "KIZUNA_WORDPRESS_CONTENT": str(content),
            "KIZUNA_WORDPRESS_SOCKET": str(where),
            "KIZUNA_WORDPRESS_HOME": home,
            "KIZUNA_WORDPRESS_CONFIG": str(HERE / "config.php"),
        }
        assert _said(php, f"require '{HERE / 'install.php'}';", surroundings).endswith("installed")
        keys = [f"{name}={value}" for name, value in surroundings.items()]
        server = (php, "-d", "display_errors=0", "-S", home.removeprefix("http://"), HERE / "router.php")
        web.start("/usr/bin/env", *keys, *server, ready=lambda: _answers(home))
        yield Core(home, content, php, surroundings)
    finally:
        web.stop()
        database.stop()


def _fill(content: Path) -> None:
    """Lay out plugins and theme as a merchant's upload does."""
    ours = content / "plugins" / NAME
    shutil.copytree(PLUGIN, ours)
    shutil.copytree(DIST, ours / "assets")
    (content / "plugins" / "woocommerce").mkdir()
    shutil.copy(HERE / "woocommerce.php", content / "plugins" / "woocommerce" / "woocommerce.php")
    shutil.copytree(HERE / "theme", content / "themes" / "plain")


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _listens(where: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as asked:
        return asked.connect_ex(str(where)) == 0


def _answers(home: str) -> bool:
    try:
        with urlopen(f"{home}/wp-content/themes/plain/style.css", timeout=10) as answer:  # noqa: S310  loopback
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False
