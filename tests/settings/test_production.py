"""In production weak settings do not start, and everything wrong is said at once."""

import secrets
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from app.settings import SettingsProblem, read

STRONG = {
    "KIZUNA_ENV": "production",
    "KIZUNA_BASE_URL": "https://points.example.com",
    "KIZUNA_DATABASE_URL": "postgresql://kizuna:pw@db.internal/kizuna",
    "KIZUNA_REDIS_URL": "redis://cache:6379/0",
    "KIZUNA_SECRET_KEY": secrets.token_hex(32),
    "KIZUNA_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "KIZUNA_SHOPIFY_CLIENT_ID": secrets.token_hex(16),
    "KIZUNA_SHOPIFY_CLIENT_SECRET": f"shpss_{secrets.token_hex(16)}",
}


def told(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsProblem) as refusal:
        read(environ)
    return refusal.value.problems


def test_complete_settings_start_and_make_no_files(tmp_path: Path) -> None:
    settings = read({**STRONG, "KIZUNA_DATA": str(tmp_path / "data")})

    assert settings.production
    assert settings.secret_key == STRONG["KIZUNA_SECRET_KEY"]
    assert settings.embedded_redis is None
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("name", sorted(STRONG.keys() - {"KIZUNA_ENV"}))
def test_each_setting_of_production_is_missed_by_name(name: str) -> None:
    (sentence,) = told({key: value for key, value in STRONG.items() if key != name})

    assert sentence.startswith(name)


@pytest.mark.parametrize("name", sorted(STRONG.keys() - {"KIZUNA_ENV"}))
def test_an_empty_setting_is_a_missing_one(name: str) -> None:
    (sentence,) = told({**STRONG, name: ""})

    assert sentence.startswith(name)


@pytest.mark.parametrize(
    "name", ("KIZUNA_SECRET_KEY", "KIZUNA_SHOPIFY_CLIENT_SECRET", "KIZUNA_SHOPIFY_PREVIOUS_SECRET")
)
@pytest.mark.parametrize(
    ("value", "reason"),
    (
        ("0123456789abcdef", "too short"),
        ("please-ChangeMe-before-production-0123456789", "default"),
        ("a" * 64, "can be guessed"),
        ("1234" * 16, "can be guessed"),
    ),
)
def test_a_weak_secret_does_not_start_and_is_not_repeated(name: str, value: str, reason: str) -> None:
    (sentence,) = told({**STRONG, name: value})

    assert sentence.startswith(name)
    assert reason in sentence
    assert value not in sentence


def test_an_encryption_key_of_zeros_does_not_start() -> None:
    (sentence,) = told({**STRONG, "KIZUNA_ENCRYPTION_KEYS": "A" * 43 + "="})

    assert "can be guessed" in sentence


def test_the_sandbox_has_no_place_in_production() -> None:
    (sentence,) = told({**STRONG, "KIZUNA_SANDBOX": "mado.example=http://127.0.0.1:8102"})

    assert sentence.startswith("KIZUNA_SANDBOX is set")


def test_shops_need_an_encrypted_address() -> None:
    (sentence,) = told({**STRONG, "KIZUNA_BASE_URL": "http://points.example.com"})

    assert "https" in sentence


def test_everything_wrong_is_said_at_once() -> None:
    sentences = told({"KIZUNA_ENV": "production", "KIZUNA_SANDBOX": "mado.example=http://127.0.0.1:8102"})

    named = {sentence.split()[0] for sentence in sentences}
    assert named == {*STRONG, "KIZUNA_SANDBOX"} - {"KIZUNA_ENV"}


def test_a_misspelt_setting_is_told_with_the_likely_name() -> None:
    (sentence,) = told({**STRONG, "KIZUNA_SHOPIFY_PREVIUS_SECRET": "x"})

    assert "Perhaps you mean KIZUNA_SHOPIFY_PREVIOUS_SECRET" in sentence


def test_who_serves_no_shopify_shops_says_so() -> None:
    woo = {name: value for name, value in STRONG.items() if "SHOPIFY" not in name}
    settings = read({**woo, "KIZUNA_SHOPIFY_CLIENT_ID": "off"})

    assert settings.shopify.client_secret == ""
    assert settings.shopify.client_id == ""


def test_what_a_hosting_panel_sets_is_heeded_in_production_only(tmp_path: Path) -> None:
    panel = {"PORT": "5000", "DATABASE_URL": "postgres://u:p@panel/db", "REDIS_URL": "rediss://panel:6380"}
    own = {"KIZUNA_DATABASE_URL", "KIZUNA_REDIS_URL"}
    hosted = read({**{name: value for name, value in STRONG.items() if name not in own}, **panel})
    laptop = read({"KIZUNA_DATA": str(tmp_path), **panel})

    assert (hosted.port, hosted.redis_url) == (5000, "rediss://panel:6380")
    assert hosted.database_url == "postgresql+psycopg://u:p@panel/db"
    assert (laptop.port, laptop.embedded_redis) == (8100, tmp_path / "valkey.sock")
    assert laptop.database_url.startswith("sqlite:///")


def test_the_prefixed_name_wins_over_the_panels() -> None:
    assert read({**STRONG, "REDIS_URL": "redis://other:6379"}).redis_url == STRONG["KIZUNA_REDIS_URL"]
