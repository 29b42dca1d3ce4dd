"""What the environment says becomes frozen values."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from app.settings import Environment, SettingsProblem, read


def test_a_laptop_needs_no_settings_at_all(tmp_path: Path) -> None:
    settings = read({"KIZUNA_DATA": str(tmp_path)})

    assert settings.environment is Environment.DEVELOPMENT
    assert settings.database_url == f"sqlite:///{tmp_path}/kizuna.db"
    assert settings.redis_url == f"unix://{tmp_path}/valkey.sock"
    assert settings.embedded_redis == tmp_path / "valkey.sock"
    assert settings.base_url == "http://127.0.0.1:8100"
    assert settings.shopify.api_version == "2026-10"
    assert "write_discounts" in settings.shopify.scopes
    assert not settings.production


def test_the_data_folder_is_the_hidden_one_where_the_command_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert read({}).data == tmp_path / ".kizuna"


def test_settings_cannot_be_changed_after_the_start(tmp_path: Path) -> None:
    settings = read({"KIZUNA_DATA": str(tmp_path), "KIZUNA_SANDBOX": "a.example=http://127.0.0.1:8101"})

    with pytest.raises(FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.sandbox["b.example"] = "http://127.0.0.1:8102"  # type: ignore[index]


@pytest.mark.parametrize("scheme", ("postgres", "postgresql", "postgresql+psycopg"))
def test_every_way_to_write_postgresql_names_our_driver(tmp_path: Path, scheme: str) -> None:
    settings = read({"KIZUNA_DATA": str(tmp_path), "KIZUNA_DATABASE_URL": f"{scheme}://u:postgres%2F@db/kizuna"})

    assert settings.database_url == "postgresql+psycopg://u:postgres%2F@db/kizuna"


def test_the_public_address_follows_the_port_and_ends_without_a_slash(tmp_path: Path) -> None:
    data = {"KIZUNA_DATA": str(tmp_path)}

    assert read({**data, "KIZUNA_PORT": "9000"}).base_url == "http://127.0.0.1:9000"
    assert read({**data, "KIZUNA_BASE_URL": "https://points.example.com/"}).base_url == "https://points.example.com"


def test_encryption_keys_are_a_list_newest_first(tmp_path: Path) -> None:
    new, old = "n" * 43 + "=", "o" * 43 + "="
    settings = read({"KIZUNA_DATA": str(tmp_path), "KIZUNA_ENCRYPTION_KEYS": f" {new}, {old} ,"})

    assert settings.encryption_keys == (new, old)


def test_the_sandbox_maps_shops_to_loopback(tmp_path: Path) -> None:
    two = "tidewell.myshopify.com=http://127.0.0.1:8101,mado.example=http://localhost:8102/"
    settings = read({"KIZUNA_DATA": str(tmp_path), "KIZUNA_SANDBOX": two})

    assert settings.sandbox == {
        "tidewell.myshopify.com": "http://127.0.0.1:8101",
        "mado.example": "http://localhost:8102",
    }


@pytest.mark.parametrize(
    "target",
    (
        "mado.example",
        "mado.example=http://10.0.0.1:8102",
        "mado.example=http://169.254.169.254",
        "mado.example=http://127.0.0.1.example.com",
        "mado.example=http://127.0.0.1@example.com",
        "mado.example=ftp://127.0.0.1",
        "mado.example=http://[::1",
    ),
)
def test_the_sandbox_leads_nowhere_but_to_this_machine(tmp_path: Path, target: str) -> None:
    with pytest.raises(SettingsProblem, match="KIZUNA_SANDBOX must read"):
        read({"KIZUNA_DATA": str(tmp_path), "KIZUNA_SANDBOX": target})


@pytest.mark.parametrize(
    ("name", "value"),
    (
        ("DATABASE_URL", "mysql://db/kizuna"),
        ("DATABASE_URL", "postgresql+psycopg2://db/kizuna"),
        ("REDIS_URL", "http://cache"),
        ("BASE_URL", "points.example.com"),
        ("BASE_URL", "https://example.com/points"),
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("ENV", "prod"),
        ("ENCRYPTION_KEYS", "short"),
        ("ENCRYPTION_KEYS", "鍵" * 44),
        ("SHOPIFY_API_VERSION", "2026-11"),
    ),
)
def test_a_value_that_means_nothing_is_told_by_its_name_alone(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsProblem) as told:
        read({"KIZUNA_DATA": str(tmp_path), f"KIZUNA_{name}": value})

    (sentence,) = told.value.problems
    assert sentence.startswith(f"KIZUNA_{name}")
    assert sentence.endswith((".", '"'))
    if name == "ENCRYPTION_KEYS":
        assert value not in sentence


def test_secrets_are_not_shown_when_settings_are_printed(tmp_path: Path) -> None:
    settings = read({"KIZUNA_DATA": str(tmp_path), "KIZUNA_DATABASE_URL": "postgresql://u:pa55@db/kizuna"})
    shown = f"{settings!r} {settings}"

    for secret in (settings.secret_key, *settings.encryption_keys, settings.shopify.client_secret, "pa55"):
        assert secret not in shown


def test_a_folder_too_deep_for_a_socket_is_told_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(SettingsProblem, match="too long for the socket"):
        read({"KIZUNA_DATA": str(tmp_path / ("deep" * 30))})
