"""The one reader of the environment: variables in, frozen values out, or one list of sentences that say what to do."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

from cryptography.fernet import Fernet

from app.settings import places
from app.settings.problems import NO_SHOPIFY, problems
from app.settings.strongbox import kept
from app.settings.variables import PREFIX, Environment, SettingsProblem, Variables, take

__all__ = ["Environment", "Settings", "SettingsProblem", "ShopifyApp", "inherited", "read", "settings"]


@dataclass(frozen=True, slots=True)
class ShopifyApp:
    """The app as Shopify's partner dashboard knows it. Empty secrets verify nothing: they reject."""

    client_id: str
    client_secret: str = field(repr=False)
    previous_secret: str | None = field(repr=False)
    api_version: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment said, checked. ``sandbox`` maps a demonstration shop's domain to its loopback address.

    ``failpoint`` is the place where tests let this process die; ``bodies_kept``: how long deliveries lie as they came.
    """

    environment: Environment
    data: Path
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    base_url: str
    host: str
    port: int
    secret_key: str = field(repr=False)
    encryption_keys: tuple[str, ...] = field(repr=False)
    shopify: ShopifyApp
    judgeme_secret: str = field(repr=False)
    sandbox: Mapping[str, str]
    failpoint: str | None = None
    bodies_kept: timedelta = timedelta(days=30)

    @property
    def production(self) -> bool:
        """Whether real shops are served."""
        return self.environment is Environment.PRODUCTION

    @property
    def embedded_redis(self) -> Path | None:
        """The socket of the Valkey we start ourselves, or None when another Redis was named."""
        own = places.socket(self.data)
        return own if self.redis_url == f"unix://{own}" else None


@cache
def settings() -> Settings:
    """This process's settings, read once. Raises SettingsProblem."""
    return read(os.environ)


def inherited() -> dict[str, str]:
    """This process's environment, for the processes it starts."""
    return dict(os.environ)


def read(environ: Mapping[str, str]) -> Settings:
    """Turn ``environ`` into settings. Outside production missing secrets are made and kept in the data folder.

    Raises SettingsProblem with every problem there is, not the first.
    """
    given = take(environ)
    if found := tuple(problems(given, environ)):
        raise SettingsProblem(found)
    try:
        return _settings(given)
    except OSError as error:
        sentence = (
            f"The data folder {given.data.absolute()} cannot be used: {error}. Start Kizuna as the user who owns it, "
            f"or set {PREFIX}DATA to a folder of your own."
        )
        raise SettingsProblem((sentence,)) from error


def _settings(given: Variables) -> Settings:
    """Fill in what was left out. Raises OSError when a secret cannot be kept."""
    production = given.env is Environment.PRODUCTION
    data = given.data.absolute()
    if not production:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)

    def secret(name: str, value: str | None) -> str:
        if value or production:
            return value or ""
        return kept(data / "secrets", name, lambda: secrets.token_hex(32))

    keys = given.encryption_keys or kept(data / "secrets", "encryption_keys", lambda: Fernet.generate_key().decode())
    shopify = given.shopify_client_id != NO_SHOPIFY
    return Settings(
        environment=given.env,
        data=data,
        database_url=places.database_url(given.database_url or f"sqlite:///{data / 'kizuna.db'}"),
        redis_url=given.redis_url or f"unix://{places.socket(data)}",
        base_url=(given.base_url or f"http://127.0.0.1:{given.port}").rstrip("/"),
        host=given.host,
        port=given.port,
        secret_key=secret("secret_key", given.secret_key),
        encryption_keys=places.items(keys),
        shopify=ShopifyApp(
            client_id=secret("shopify_client_id", given.shopify_client_id) if shopify else "",
            client_secret=secret("shopify_client_secret", given.shopify_client_secret) if shopify else "",
            previous_secret=given.shopify_previous_secret,
            api_version=given.shopify_api_version,
            scopes=places.items(given.shopify_scopes),
        ),
        judgeme_secret=secret("judgeme_secret", given.judgeme_secret),
        sandbox=MappingProxyType(places.sandbox(given.sandbox or "")[0]),
        failpoint=given.failpoint,
        bodies_kept=timedelta(days=given.bodies_days),
    )
