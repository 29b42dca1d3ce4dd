"""Bugs on the roads in and out: the inbox, the outbox, the platforms' doors, reconciliation."""

from typing import Final

from tests.mutants.bug import Bug

ROADS: Final = (
    Bug(
        "W1", "a delivery is acknowledged that was not kept", "app/web/webhooks.py",
        "with unit_of_work(works.engine, Whose.NOBODY)", "with reading(works.engine, Whose.NOBODY)",
        ("tests/web/test_webhooks.py",),
    ),
    Bug(
        "W2", "one bad delivery stops its whole page", "jobs/inbox.py",
        "        count = _one_by_one(works, programme_id, shop_id, limit)",
        "        count = 0",
        ("tests/jobs/test_inbox.py",),
    ),
    Bug(
        "W2", "what can never be read is tried for ever", "app/db/inbox.py",
        "if row.attempts >= ATTEMPTS_MAX:", "if row.attempts >= 10 * ATTEMPTS_MAX:",
        ("tests/db/test_inbox.py", "tests/jobs/test_inbox.py"),
    ),
    Bug(
        "rule 3", "WooCommerce deliveries are told apart by the store's delivery id",
        "integrations/woocommerce/verify.py",
        "key=sha256(request.body).hexdigest(),", 'key=request.headers.get("x-wc-webhook-delivery-id", ""),',
        ("tests/integrations/woocommerce/test_verify.py", "tests/integrations/woocommerce/test_conformance.py"),
    ),
    Bug(
        "rule 3", "a repeat without a version is noise", "app/db/inbox.py",
        "again = not arrival.versioned", "again = arrival.versioned and not arrival.versioned",
        ("tests/db/test_inbox.py",),
    ),
    Bug(
        "F-04 V-13", "an empty secret proves a delivery of WooCommerce", "integrations/woocommerce/verify.py",
        "for secret in secrets if secret]", "for secret in secrets]",
        ("tests/integrations/woocommerce/test_verify.py", "tests/integrations/woocommerce/test_conformance.py"),
    ),
    Bug(
        "F-04 V-13", "an empty secret proves a delivery of Shopify", "integrations/shopify/verify.py",
        "hashlib.sha256).digest() for secret in secrets if secret)", "hashlib.sha256).digest() for secret in secrets)",
        ("tests/integrations/shopify/test_verify.py", "tests/integrations/shopify/test_conformance.py"),
    ),
    Bug(
        "rule 6", "whose lease ran out may still record what it did", "app/db/outbox.py",
        "            OutboxRow.fence == claim.fence,\n", "",
        ("tests/db/test_outbox.py", "tests/jobs/test_outbox.py"),
    ),
    Bug(
        "R1", "the second wish of a subject does not wait for the first", "app/db/outbox.py",
        "older.effect_id < OutboxRow.effect_id,", "older.effect_id == OutboxRow.fence,",
        ("tests/db/test_outbox.py",),
    ),
    Bug(
        "R1 F-18", "a code that was made without an answer is not looked up", "integrations/shopify/discounts.py",
        'if error.code not in {"TAKEN", *DOUBTFUL}:', 'if error.code not in {"TAKEN"}:',
        ("tests/integrations/shopify/test_perform.py",),
    ),
    Bug(
        "R1", "somebody else's code is adopted", "integrations/shopify/discounts.py",
        "    if not found.carries(effect.reference):\n        raise", "    if not found.title:\n        raise",
        ("tests/integrations/shopify/test_perform.py",),
    ),
    Bug(
        "R1", "points come back while the code can still be used", "app/loyalty/redeeming/redemptions.py",
        "if redemption.state is not RedemptionState.GIVEN_BACK and redemption.code_gone:",
        "if redemption.state is not RedemptionState.GIVEN_BACK:",
        ("tests/loyalty/test_redemptions.py", "tests/jobs/test_giving_back.py"),
    ),
    Bug(
        "F-19", "everybody refreshes a shop's token at once", "app/db/shops.py",
        "            or_(CredentialsRow.lease_until.is_(None), CredentialsRow.lease_until <= now),\n", "",
        ("tests/jobs/test_tokens.py",),
    ),
    Bug(
        "W4", "reconciling begins exactly where it ended", "jobs/reconcile.py",
        "_read_on(works, key, at - OVERLAP, place)", "_read_on(works, key, at, place)",
        ("tests/jobs/test_reconcile.py",),
    ),
    Bug(
        "F-20", "an uninstall of long ago closes a shop that is back", "jobs/inbox.py",
        "if fact.at is not None and fact.at < shop.connected_at:", "if fact.at is None:",
        ("tests/jobs/test_inbox.py",),
    ),
)  # fmt: skip
