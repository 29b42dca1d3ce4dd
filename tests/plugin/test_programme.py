"""The store's own copy of the programme: fetched in the background; a server that is away is left alone for a while."""

from typing import Any

from tests.plugin.conftest import CONNECTED, SECRET, WordPress
from tests.widget.canned import example


def as_php(value: Any) -> Any:  # noqa: ANN401  any JSON
    """PHP tells an empty object from an empty list no more once it has read it."""
    if isinstance(value, dict):
        return {name: as_php(part) for name, part in value.items()} or []
    return [as_php(part) for part in value] if isinstance(value, list) else value


PROGRAMME = as_php(example("programme"))
REFRESH: dict[str, object] = {"do": "kizuna_refresh_programme"}
PIECE: dict[str, object] = {"call": "kizuna_programme"}
KEPT = {"shop": "shop-1", "at": 0, "etag": '"tag"', "programme": PROGRAMME}


def test_the_copy_is_fetched_in_the_background_and_read_by_pages(wordpress: WordPress) -> None:
    ran = wordpress(PIECE, REFRESH, PIECE, options=CONNECTED, server=[[200, PROGRAMME]])
    assert ran.results == [None, None, PROGRAMME]
    assert ran.world["scheduled"] == ["kizuna_refresh_programme"], "a page only wished for it"
    ((url, how),) = ran.world["asked"]
    assert url == "https://points.example.com/storefront/api/programme?shop=shop-1"
    assert (how["timeout"], how["redirection"]) == (5, 0)


def test_an_old_copy_is_shown_while_a_fresh_one_is_wished_for(wordpress: WordPress) -> None:
    ran = wordpress(PIECE, options={**CONNECTED, "kizuna_programme": KEPT})
    assert ran.only == PROGRAMME
    assert ran.world["scheduled"] == ["kizuna_refresh_programme"]


def test_a_copy_of_another_shop_is_not_shown(wordpress: WordPress) -> None:
    assert wordpress(PIECE, options={**CONNECTED, "kizuna_programme": {**KEPT, "shop": "shop-2"}}).only is None


def test_what_did_not_change_is_not_sent_again(wordpress: WordPress) -> None:
    ran = wordpress(REFRESH, options={**CONNECTED, "kizuna_programme": KEPT}, server=[[304, None]])
    assert ran.world["asked"][0][1]["headers"]["If-None-Match"] == '"tag"'
    assert ran.world["options"]["kizuna_programme"]["programme"] == PROGRAMME
    assert ran.world["options"]["kizuna_programme"]["at"] > 0


def test_after_three_failures_the_server_is_left_alone_and_the_old_copy_stays(wordpress: WordPress) -> None:
    answers = [[500, None], [0, None], [200, {"not": "a programme"}], [503, None], [502, None], [429, None]]
    ran = wordpress(*[REFRESH] * 8, PIECE, options={**CONNECTED, "kizuna_programme": KEPT}, server=answers)
    assert len(ran.world["asked"]) == 6, "the third answer was one, so counting began anew; then three failed"
    assert ran.world["seconds"] == {"kizuna_failures": 300}
    assert ran.results[-1] == PROGRAMME
    assert "scheduled" not in ran.world, "nothing is wished for while it rests"


def test_being_connected_ends_the_rest(wordpress: WordPress) -> None:
    connect: dict[str, object] = {"call": "kizuna_connect", "args": ["shop-1", "https://points.example.com", SECRET]}
    ran = wordpress(connect, REFRESH, transients={"kizuna_failures": 3}, server=[[200, PROGRAMME]])
    assert ran.world["options"]["kizuna_programme"]["programme"] == PROGRAMME


def test_every_piece_is_a_block_and_a_shortcode(wordpress: WordPress) -> None:
    world = wordpress({"do": "init"}, {"do": "init"}).world
    names = ["balance", "earn", "rewards", "tiers", "referral", "history", "product", "cart"]
    assert world["blocks"][:8] == [f"kizuna/{name}" for name in names]
    assert world["shortcodes"][:8] == [f"kizuna_{name}" for name in names]
    assert (world["endpoints"][0], world["flushed"]) == ("kizuna-points", 1), "rules are written anew once"
