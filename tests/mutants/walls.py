"""Bugs in the walls: who may ask, whose rows are seen, what may be read by others."""

from typing import Final

from tests.mutants.bug import Bug

WALLS: Final = (
    Bug(
        "T1", "a redemption is found in any programme", "app/db/redemptions.py",
        "            RedemptionRow.programme_id == scope.programme_id, RedemptionRow.redemption_id == redemption_id\n",
        "            RedemptionRow.redemption_id == redemption_id\n",
        ("tests/db/test_tenants.py",),
    ),
    Bug(
        "T1 F-25", "a shopper gives back another member's code", "app/actions/conclude_redemption.py",
        "if row is None or (member_id is not None and row.member_id != member_id):", "if row is None:",
        ("tests/web/test_redemptions.py", "tests/actions/test_conclude_redemption.py"),
    ),
    Bug(
        "F-05", "an order that another shop told of counts here too", "app/db/elsewhere.py",
        "            OrderRow.shop_id != shop_id,\n", "            OrderRow.shop_id == shop_id,\n",
        ("tests/jobs/test_inbox.py",),
    ),
    Bug(
        "S1", "a route without a policy is open", "app/web/policy.py",
        "    if missing:\n", "    if missing and not found:\n",
        ("tests/web/test_policy.py",),
    ),
    Bug(
        "V-02", "a shopper hides another customer's id in a value of the app proxy", "integrations/shopify/proxy.py",
        'return "=" not in values and not any(', "return not any(",
        ("tests/integrations/shopify/test_proxy.py",),
    ),
    Bug(
        "F-26", "a session token made for another app opens ours", "integrations/shopify/sessions.py",
        '    if shop is None or claims.get("aud") != client_id:', "    if shop is None:",
        ("tests/integrations/shopify/test_sessions.py",),
    ),
    Bug(
        "F-26", "a shopper's token never runs out", "integrations/woocommerce/shopper.py",
        "    if left <= 0:\n", "    if left <= -(10**9):\n",
        ("tests/integrations/woocommerce/test_shopper.py",),
    ),
    Bug(
        "F-26", "a shopper's token of one shop is good at another", "integrations/woocommerce/shopper.py",
        '    if payload.get("shop") != shop:', '    if not payload.get("shop"):',
        ("tests/integrations/woocommerce/test_shopper.py",),
    ),
    Bug(
        "P1", "deliveries lie readable in the database", "app/db/cipher.py",
        "        return self._fernet.encrypt(content)", "        return content",
        ("tests/db/test_sealed.py",),
    ),
    Bug(
        "rule 12 V-16", "production starts with a secret that can be guessed", "app/settings/problems.py",
        '    yield from _weak("SECRET_KEY", given.secret_key, _MAKE_ONE)\n', "",
        ("tests/settings/test_production.py",),
    ),
)  # fmt: skip
