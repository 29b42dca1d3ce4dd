"""Shopify shows what every platform must show."""

from integrations.shopify.translate import OWN
from integrations.shopify.verify import SIGNATURE
from tests.integrations.conformance import PlatformConformance, Subject
from tests.integrations.shopify.shops import NOW, PROFILE, payloads, shopify, sign


class TestShopify(PlatformConformance):
    def subject(self) -> Subject:
        sent = {name: each for name, each in payloads().items() if not each[0].startswith(OWN)}
        first = "orders/paid/two-lines-a-sale-and-a-code"
        return Subject(
            platform=shopify(),
            shop=PROFILE,
            now=NOW,
            sign=sign,
            signature=SIGNATURE,
            payloads={first: sent[first], **sent},
            unknown_topic="fulfillments/create",
            fetched={name: each for name, each in payloads().items() if name not in sent},
        )
