"""Bodies of accounts and addresses."""

from datetime import datetime

from tests.sandbox.records import Address, Customer
from tests.sandbox.shopify.writing import Json, gid, moment
from tests.sandbox.shops import Shop
from tests.sandbox.store import Store


def customer_body(store: Store, customer: Customer) -> Json:
    """Write an account: without tags, counts and sums, which webhooks no longer carry."""
    address = _customer_address(customer)
    return {**embedded_customer(store, customer), "addresses": [address] if address else []}


def embedded_customer(store: Store, customer: Customer) -> Json:
    """Write an account as its orders carry it."""
    shop = store.shop
    consent = {"state": "not_subscribed", "opt_in_level": "single_opt_in", "consent_updated_at": None}
    return {
        "id": customer.id,
        "email": customer.email,
        "created_at": moment(customer.created_at, shop),
        "updated_at": moment(customer.updated_at, shop),
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "state": "enabled",
        "note": None,
        "verified_email": True,
        "multipass_identifier": None,
        "tax_exempt": False,
        "phone": None,
        "email_marketing_consent": consent,
        "sms_marketing_consent": None,
        "currency": shop.currency,
        "tax_exemptions": [],
        "admin_graphql_api_id": gid("Customer", customer.id),
        "default_address": _customer_address(customer),
    }


def merge_body(kept: int, lost: int) -> Json:
    """Write what `customers/merge` carries."""
    return {
        "admin_graphql_api_customer_kept_id": gid("Customer", kept),
        "admin_graphql_api_customer_deleted_id": gid("Customer", lost),
        "admin_graphql_api_job_id": None,
        "status": "completed",
        "errors": [],
    }


def consent_body(customer: Customer, at: datetime, shop: Shop) -> Json:
    """Write what `customers_email_marketing_consent/update` carries."""
    return {
        "customer_id": customer.id,
        "email_address": customer.email,
        "email_marketing_consent": {
            "state": "subscribed" if customer.newsletter_at else "unsubscribed",
            "opt_in_level": "single_opt_in",
            "consent_updated_at": moment(at, shop),
        },
    }


def address_body(address: Address) -> Json:
    """Write a postal address."""
    return {
        "first_name": address.first_name,
        "address1": address.address1,
        "phone": address.phone or None,
        "city": address.city,
        "zip": address.zip,
        "province": address.province,
        "country": address.country,
        "last_name": address.last_name,
        "address2": address.address2 or None,
        "company": None,
        "latitude": None,
        "longitude": None,
        "name": f"{address.first_name} {address.last_name}".strip(),
        "country_code": address.country_code,
        "province_code": address.province_code or None,
    }


def _customer_address(customer: Customer) -> Json | None:
    if not customer.address.address1:
        return None
    return {
        "id": customer.id + 5,
        "customer_id": customer.id,
        **address_body(customer.address),
        "country_name": customer.address.country,
        "default": True,
    }
