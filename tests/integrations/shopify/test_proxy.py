"""A shopper is who Shopify says, also when the same signature could be read in another way."""

import hashlib
import hmac
import itertools
import re
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import shopify_app
from hypothesis import given
from hypothesis import strategies as st

from integrations.platform import Refused, Request
from integrations.shopify.proxy import ProxyCaller, verify_proxy
from tests.integrations.shopify.shops import DOMAIN, NOW, PREVIOUS, SECRET, shopify

ALLOWED = ("key", "reward", "before")
Query = Sequence[tuple[str, str]]


def signature(query: Query, secret: str = SECRET) -> str:
    """Sign as Shopify's documents say: repeated values by comma, ``name=value`` sorted, nothing between."""
    joined: dict[str, list[str]] = {}
    for name, value in query:
        joined.setdefault(name, []).append(value)
    text = "".join(sorted(f"{name}={','.join(values)}" for name, values in joined.items()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def signed(query: Query, secret: str = SECRET) -> Request:
    return Request("GET", "/proxy/shopify/api/member", {}, (*query, ("signature", signature(query, secret))))


def forwarded(customer: str = "7412258816291", at: datetime = NOW, shop: str = DOMAIN, **own: str) -> Query:
    """What Shopify adds to a shopper's request."""
    shopify_s = {
        "shop": shop,
        "logged_in_customer_id": customer,
        "path_prefix": "/apps/kizuna",
        "timestamp": str(int(at.timestamp())),
    }
    return (*own.items(), *shopify_s.items())


def verify(request: Request, now: datetime = NOW) -> ProxyCaller | Refused:
    return verify_proxy(request, (SECRET, PREVIOUS), now, ALLOWED)


@pytest.mark.parametrize(
    ("extra", "expected"),
    (
        ((("logged_in_customer_id", "1"),), "4c68c8624d737112c91818c11017d24d334b524cb5c2b8ba08daa056f7395ddb"),
        ((("logged_in_customer_id", ""),), "e072b6d7e6622d85912a5214b860d3100dc1e73d9bc29f43796ac8c9ff8093cb"),
        ((), "a9718877bea71c2484f91608a7eaea1532bdf71f5c56825065fa4ccabe549ef3"),
    ),
)
def test_shopify_s_published_examples_are_signed_as_we_sign(extra: Query, expected: str) -> None:
    example = (
        ("extra", "1"),
        ("extra", "2"),
        ("shop", "shop-name.myshopify.com"),
        ("path_prefix", "/apps/awesome_reviews"),
        ("timestamp", "1317327555"),
    )
    assert signature((*example, *extra), "hush") == expected


def test_a_signed_in_customer_is_named() -> None:
    seen = verify(signed(forwarded(key="k-1", reward="r-1")))
    assert isinstance(seen, ProxyCaller)
    assert (seen.shop, seen.customer_id) == (DOMAIN, "7412258816291")
    assert seen.until == NOW + timedelta(seconds=90)


def test_a_visitor_is_nobody() -> None:
    seen = verify(signed(forwarded(customer="")))
    assert isinstance(seen, ProxyCaller)
    assert seen.customer_id is None


def test_the_secret_before_a_rotation_opens_as_well() -> None:
    assert isinstance(verify(signed(forwarded(), PREVIOUS)), ProxyCaller)


def test_the_platform_verifies_with_its_own_secrets() -> None:
    request = signed(forwarded(key="1"))
    assert isinstance(shopify().verify_proxy(request, NOW, ALLOWED), ProxyCaller)
    assert isinstance(shopify().verify_proxy(request, NOW), Refused), "key is not expected there"


def test_one_signature_has_one_name_that_is_not_the_signature() -> None:
    request = signed(forwarded())
    one, again, other = verify(request), verify(request), verify(signed(forwarded(key="2")))
    assert isinstance(one, ProxyCaller)
    assert isinstance(other, ProxyCaller)
    assert one == again
    assert one.once != other.once
    assert one.once not in dict(request.query).values()


@pytest.mark.parametrize(
    "query",
    (
        forwarded(customer="-1"),
        forwarded(customer="0"),
        forwarded(customer="01"),
        forwarded(customer="1.0"),
        forwarded(customer="1e3"),
        forwarded(customer="٣"),
        forwarded(customer="gid://shopify/Customer/1"),
        forwarded(customer="1 OR 1"),
        forwarded(customer="9" * 21),
        forwarded(shop="evil.example"),
        forwarded(shop="tidewell.myshopify.com.evil.example"),
        forwarded(unexpected="1"),
        forwarded(path_prefix="/apps/kizuna"),
        (*forwarded(), ("logged_in_customer_id", "2")),
        (*forwarded(), ("shop", "other.myshopify.com")),
        (*forwarded(), ("timestamp", "1")),
        (*forwarded(key="1"), ("key", "2")),
        forwarded()[:3],
        tuple(each for each in forwarded() if each[0] != "logged_in_customer_id"),
        tuple(each for each in forwarded() if each[0] != "path_prefix"),
        tuple(each for each in forwarded() if each[0] != "shop"),
        (*(each for each in forwarded() if each[0] != "path_prefix"), ("path_prefix", "kizuna")),
        (*(each for each in forwarded() if each[0] != "timestamp"), ("timestamp", "now")),
        forwarded(key="a=b"),
    ),
)
def test_a_query_that_could_be_read_otherwise_is_refused_though_it_is_signed(query: Query) -> None:
    assert isinstance(verify(signed(query)), Refused)


def test_a_customer_hidden_in_a_value_is_not_taken_out_of_it() -> None:
    """The two queries have one signature; the first is what a shopper can make Shopify sign."""
    stamp = str(int(NOW.timestamp()))
    asked = (
        ("key", "xlogged_in_customer_id=999path_prefix="),
        ("logged_in_customer_id", "1"),
        ("path_prefix", "/apps/kizuna"),
        ("shop", DOMAIN),
        ("timestamp", stamp),
    )
    forged = (
        ("key", "x"),
        ("logged_in_customer_id", "999"),
        ("path_prefix", "logged_in_customer_id=1path_prefix=/apps/kizuna"),
        ("shop", DOMAIN),
        ("timestamp", stamp),
    )
    assert signature(asked) == signature(forged)
    assert isinstance(verify(signed(asked)), Refused)
    assert isinstance(verify(signed(forged)), Refused)


SHOPIFYS = ("key", "logged_in_customer_id", "path_prefix", "shop", "timestamp")
HIDDEN = (
    "logged_in_customer_id=999",
    "path_prefix=",
    "shop=",
    "timestamp=",
    "key=",
    "logged_in_customer_id=",
    "x",
    "9",
)


@given(key=st.lists(st.sampled_from(HIDDEN), max_size=6).map("".join))
def test_no_other_reading_of_a_signature_names_another_customer(key: str) -> None:
    """Whatever a shopper hides in a value: of all readings of what was signed, none passes as somebody else."""
    asked = forwarded(customer="1", key=key)
    text = "".join(sorted(f"{name}={value}" for name, value in asked))
    for reading in readings(text, SHOPIFYS):
        seen = verify(Request("GET", "/", {}, (*reading, ("signature", signature(asked)))))
        assert isinstance(seen, Refused) or seen.customer_id == "1"


def readings(text: str, names: Sequence[str]) -> Iterator[Query]:
    """Yield every way to read ``text`` as these names in their order, each once."""
    places = [[at.start() for at in re.finditer(f"(?={name}=)", text)] for name in names]
    for cuts in itertools.product(*places):
        if cuts[0] == 0 and all(one < other for one, other in itertools.pairwise(cuts)):
            parts = [text[begin:end] for begin, end in itertools.pairwise((*cuts, len(text)))]
            yield tuple((part.partition("=")[0], part.partition("=")[2]) for part in parts)


@pytest.mark.parametrize("names", (("id", "customer_id"), ("shop_shop",), ("Key",), ("key1",), ("a-b",)))
def test_an_endpoint_cannot_ask_for_names_that_blur(names: Sequence[str]) -> None:
    with pytest.raises(ValueError, match="name"):
        verify_proxy(signed(forwarded()), (SECRET,), NOW, names)


@pytest.mark.parametrize("late_s", (-91, 91, 86_400))
def test_a_request_is_good_for_ninety_seconds(late_s: int) -> None:
    assert isinstance(verify(signed(forwarded()), NOW + timedelta(seconds=late_s)), Refused)
    assert isinstance(verify(signed(forwarded()), NOW + timedelta(seconds=90)), ProxyCaller)


@pytest.mark.parametrize("spoiled", ("", "0" * 64, "é" * 64, "F" * 64))
def test_another_signature_is_refused(spoiled: str) -> None:
    assert isinstance(verify(Request("GET", "/", {}, (*forwarded(), ("signature", spoiled)))), Refused)


def test_an_empty_secret_signs_nothing() -> None:
    for secrets in ((), ("",)):
        assert isinstance(verify_proxy(signed(forwarded(), ""), secrets, NOW), Refused)


def test_a_refusal_repeats_nothing_of_the_query() -> None:
    seen = verify(signed(forwarded(unexpected="canary")))
    assert "canary" not in repr(seen)


@given(
    customer=st.sampled_from(("", "1", "7412258816291", "-1", "abc", "01")),
    shop=st.sampled_from((DOMAIN, "evil.example", "other.myshopify.com")),
    secret=st.sampled_from((SECRET, PREVIOUS, "other")),
    key=st.text(max_size=10),
    late_s=st.sampled_from((0, 60, 200)),
    double=st.booleans(),
)
def test_whom_we_accept_shopify_s_package_accepts_as_the_same(
    customer: str,
    shop: str,
    secret: str,
    key: str,
    late_s: int,
    double: bool,  # noqa: FBT001
) -> None:
    now = datetime.fromtimestamp(int(time.time()), UTC)
    query = forwarded(customer, now - timedelta(seconds=late_s), shop, key=key)
    request = signed((*query, ("logged_in_customer_id", "2")) if double else query, secret)
    theirs = shopify_app.ShopifyApp("id", SECRET, PREVIOUS).verify_app_proxy_req(
        {"method": "GET", "url": f"https://app.example/proxy?{urlencode(request.query)}", "headers": {}, "body": ""}
    )
    ours = verify(request, now)
    if isinstance(ours, ProxyCaller):
        assert theirs.ok
        assert f"{theirs.shop}.myshopify.com" == ours.shop
        assert (theirs.logged_in_customer_id or None) == ours.customer_id
    plain = not double and "=" not in key and shop != "evil.example" and customer in ("", "1", "7412258816291")
    if plain:
        assert isinstance(ours, ProxyCaller) is theirs.ok
