"""Secrets nobody gave are made once, agreed upon by all processes, and readable by their owner alone."""

import multiprocessing
import os
import stat
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from app.settings import SettingsProblem, read


def test_a_second_start_finds_the_secrets_of_the_first(tmp_path: Path) -> None:
    first = read({"KIZUNA_DATA": str(tmp_path)})
    second = read({"KIZUNA_DATA": str(tmp_path)})

    assert first == second
    assert len(first.secret_key) == 64
    assert len({first.secret_key, first.shopify.client_secret, first.judgeme_secret}) == 3


def test_two_installations_share_no_secret(tmp_path: Path) -> None:
    one = read({"KIZUNA_DATA": str(tmp_path / "one")})
    two = read({"KIZUNA_DATA": str(tmp_path / "two")})

    assert one.secret_key != two.secret_key
    assert one.encryption_keys != two.encryption_keys


def test_kept_secrets_are_their_owners_alone(tmp_path: Path) -> None:
    read({"KIZUNA_DATA": str(tmp_path / "data")})
    files = list((tmp_path / "data" / "secrets").iterdir())

    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / "secrets").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert not [file for file in files if file.name.startswith(".")]


def test_a_secret_left_open_to_others_is_closed_again(tmp_path: Path) -> None:
    kept = read({"KIZUNA_DATA": str(tmp_path)}).secret_key
    file = tmp_path / "secrets" / "secret_key"
    file.chmod(0o644)

    assert read({"KIZUNA_DATA": str(tmp_path)}).secret_key == kept
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_secret_that_was_given_is_not_kept(tmp_path: Path) -> None:
    settings = read({"KIZUNA_DATA": str(tmp_path), "KIZUNA_SECRET_KEY": "given"})

    assert settings.secret_key == "given"
    assert not (tmp_path / "secrets" / "secret_key").exists()


Kept = tuple[str, tuple[str, ...]]


def _start(folders: list[str], together: Barrier, answers: "multiprocessing.Queue[list[Kept]]") -> None:
    seen = []
    for folder in folders:
        together.wait(60)
        settings = read({"KIZUNA_DATA": folder})
        seen.append((settings.secret_key, settings.encryption_keys))
    answers.put(seen)


def test_web_worker_and_clock_starting_together_agree(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    folders = [str(tmp_path / str(turn)) for turn in range(20)]
    together = spawn.Barrier(3)
    answers: multiprocessing.Queue[list[Kept]] = spawn.Queue()
    starts = [spawn.Process(target=_start, args=(folders, together, answers)) for _ in range(3)]
    for start in starts:
        start.start()
    web, worker, clock = (answers.get(timeout=120) for _ in starts)
    for start in starts:
        start.join(60)

    assert web == worker == clock
    assert len(set(web)) == len(folders)


def test_a_folder_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")

    with pytest.raises(SettingsProblem, match=r"data folder .* cannot be used.*KIZUNA_DATA"):
        read({"KIZUNA_DATA": str(tmp_path / "data")})


def test_somebody_elses_folder_is_told_in_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)  # root may write everywhere, nobody may not
    try:
        with pytest.raises(SettingsProblem, match="Start Kizuna as the user who owns it"):
            read({"KIZUNA_DATA": str(tmp_path)})
    finally:
        os.seteuid(me)
