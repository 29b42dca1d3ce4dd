"""Session (ID) tokens as App Bridge hands them out: JWT, HS256 with the app's secret, good for one minute."""

import uuid
from base64 import b64encode

import jwt

from tests.sandbox.shops import Shop
from tests.sandbox.store import Store

SECONDS = 60
USER = "548380009"


def session_token(store: Store, client_id: str, client_secret: str) -> str:
    """Mint a token for the shop's owner."""
    home = store.shop.home
    now = int(store.clock.now().timestamp())
    claims = {
        "iss": f"{home}/admin",
        "dest": home,
        "aud": client_id,
        "sub": USER,
        "exp": now + SECONDS,
        "nbf": now,
        "iat": now,
        "jti": str(uuid.uuid4()),
        "sid": uuid.uuid5(uuid.NAMESPACE_URL, home).hex,
    }
    return jwt.encode(claims, client_secret, algorithm="HS256")


def proves(token: str, store: Store, client_id: str, client_secret: str) -> bool:
    """Whether a subject token was minted here for this app and is still good by the store's clock."""
    try:
        claims = jwt.decode(
            token, client_secret, algorithms=["HS256"], audience=client_id,
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )  # fmt: skip
    except jwt.InvalidTokenError:
        return False
    now = store.clock.now().timestamp()
    return claims.get("dest") == store.shop.home and claims["nbf"] - 10 <= now <= claims["exp"] + 10


def host_parameter(shop: Shop) -> str:
    """The `host` that the admin gives an embedded app."""
    name = shop.domain.removesuffix(".myshopify.com")
    return b64encode(f"admin.shopify.com/store/{name}".encode()).decode().rstrip("=")
