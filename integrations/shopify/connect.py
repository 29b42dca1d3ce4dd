"""Opening a shop's door by the authorization code: off to Shopify's grant screen, and back with a code.

(Most shops come another way: Shopify installs the app itself and the embedded page brings a session token; see
``tokens.exchange``.)
"""

import re
from datetime import datetime
from typing import Any, Final

import shopify
from shopify.api_access import ApiAccessError

from app.settings import ShopifyApp
from integrations.outgoing import Outgoing
from integrations.platform import Connected, Redirect, Refused, Request
from integrations.shopify.client import Admin
from integrations.shopify.fetch import Fetching
from integrations.shopify.tokens import Tokens
from integrations.shopify.verify import verify_query

FINISH: Final = "/connect/shopify/finish"
_CODE: Final = re.compile(r"[A-Za-z0-9_.~-]{1,512}")


def begin(
    request: Request, *, app: ShopifyApp, secrets: tuple[str, ...], base_url: str, state: str, now: datetime,
    outgoing: Outgoing,
) -> Redirect | Refused:  # fmt: skip
    """Return where the merchant grants access. The request comes from Shopify and is proved before anything else."""
    query = verify_query(request, secrets, now)
    if isinstance(query, Refused):
        return query
    keyed: Any = type("_Keyed", (shopify.Session,), {"api_key": app.client_id})
    session = keyed(query["shop"], app.api_version)
    url = session.create_permission_url(list(app.scopes), f"{base_url}{FINISH}", state)
    return Redirect(outgoing.browser_url(str(url)), state)


def finish(
    request: Request, *, app: ShopifyApp, secrets: tuple[str, ...], domain: str, now: datetime, tokens: Tokens,
    admin: Admin,
) -> Connected | Refused:  # fmt: skip
    """Take the code Shopify sent back for ``domain``, turn it into a token and ask the shop who it is.

    The caller has checked and used up the ``state``. Raises PlatformError.
    """
    query = verify_query(request, secrets, now)
    if isinstance(query, Refused):
        return query
    if query["shop"] != domain or not query.get("state"):
        return Refused("SHOP_MISMATCH", "This is not the shop that began. Start the installation again.", 400)
    code = query.get("code", "")
    if not _CODE.fullmatch(code):
        return Refused("NOT_GRANTED", "Access was not granted. Start the installation again to grant it.", 400)
    credentials = tokens.grant(domain, code, now)
    if isinstance(credentials, Refused):
        return credentials
    if not _covers(credentials.scopes, app.scopes):
        return Refused("SCOPES_MISSING", "Some permissions are missing. Start the installation again.", 400)
    return Connected(credentials, Fetching(admin, credentials).profile())


def _covers(granted: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Tell whether all is granted; Shopify's library knows that to write is to read."""
    try:
        return bool(shopify.ApiAccess(list(granted)).covers(shopify.ApiAccess(list(wanted))))
    except ApiAccessError:
        return False
