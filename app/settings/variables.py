"""The variables Kizuna knows, as text: their names, their defaults, and how they are taken from an environment."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX: Final = "KIZUNA_"
SHOPIFY_SCOPES: Final = (
    "read_customers,write_customers,read_orders,write_discounts,read_products,write_app_proxy,read_customer_merge"
)
_PANEL_NAMES: Final = ("DATABASE_URL", "REDIS_URL", "PORT")
"""What hosting panels set without a prefix. Heeded in production only: a laptop may have them for something else."""


class Environment(StrEnum):
    """Where this process runs; only ``PRODUCTION`` refuses weak settings."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"
    TEST = "test"


class SettingsProblem(Exception):
    """The settings cannot be used. ``problems`` holds one sentence each, all of them."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(("Kizuna cannot start with these settings:", *(f"- {p}" for p in problems))))


class Variables(BaseSettings):
    """The variables by name, without their prefix. Empty ones count as not set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    env: Environment = Environment.DEVELOPMENT
    data: Path = Path(".kizuna")
    database_url: str | None = None
    redis_url: str | None = None
    base_url: str | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8100, ge=1, le=65535)
    secret_key: str | None = None
    encryption_keys: str | None = None
    shopify_client_id: str | None = None
    shopify_client_secret: str | None = None
    shopify_previous_secret: str | None = None
    shopify_api_version: str = Field(default="2026-10", pattern=r"^\d{4}-(01|04|07|10)$")
    shopify_scopes: str = SHOPIFY_SCOPES
    judgeme_secret: str | None = None
    bodies_days: int = Field(default=30, ge=1, le=90)
    sandbox: str | None = None
    failpoint: str | None = None


def take(environ: Mapping[str, str]) -> Variables:
    """Take our variables out of ``environ``. Raises SettingsProblem, which names what cannot be read, not its value."""
    heeded = dict(environ)
    if environ.get(f"{PREFIX}ENV") == Environment.PRODUCTION:
        for name in _PANEL_NAMES:
            if name in environ:
                heeded.setdefault(f"{PREFIX}{name}", environ[name])

    class Source(EnvSettingsSource):
        def _load_env_vars(self) -> Mapping[str, str | None]:
            return {name.lower(): value for name, value in heeded.items() if value != ""}

    class Given(Variables):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the environment is all there is
            env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (Source(settings_cls),)

    try:
        return Given()
    except ValidationError as error:
        said = tuple(f"{PREFIX}{str(e['loc'][0]).upper()} cannot be read: {e['msg'].lower()}." for e in error.errors())
        raise SettingsProblem(said) from None
