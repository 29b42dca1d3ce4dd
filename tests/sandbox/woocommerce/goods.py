"""Bodies of products, customers, coupons and reviews, key for key as a real store sends them."""

import hashlib
from datetime import datetime
from urllib.parse import quote

from tests.sandbox import reviewing
from tests.sandbox.money import display
from tests.sandbox.records import CodeKind, Customer, DiscountCode, Product, Review, ReviewStatus
from tests.sandbox.store import Store
from tests.sandbox.woocommerce.orders import address_body
from tests.sandbox.woocommerce.writing import Json, dates, gmt, links, meta, money

REVIEW_STATUS = {ReviewStatus.HELD: "hold", ReviewStatus.APPROVED: "approved", ReviewStatus.TRASHED: "trash"}
# The words of WordPress's own comment API, which the plugin reads.
COMMENT_STATUS = {ReviewStatus.HELD: "unapproved", ReviewStatus.APPROVED: "approved", ReviewStatus.TRASHED: "trash"}


def product_body(store: Store, product: Product) -> Json:
    """Write a product."""
    shop = store.shop
    average, count = reviewing.average(store, product)
    lowest = money(min(variant.price for variant in product.variants), shop)
    variable = len(product.variants) > 1
    tag = display(product.variants[0].price, shop.currency)
    changed = max([product.created_at, *_sold_at(store, product)])
    return {
        "id": product.id,
        "name": product.title,
        "slug": product.slug,
        "permalink": f"{shop.home}/product/{product.slug}/",
        **dates("date_created", product.created_at, shop),
        **dates("date_modified", changed, shop),
        "type": "variable" if variable else "simple",
        "status": "publish",
        "featured": False,
        "catalog_visibility": "visible",
        "description": product.description,
        "short_description": product.subtitle,
        "sku": product.slug.upper(),
        "price": lowest,
        "regular_price": "" if variable else lowest,
        "sale_price": "",
        **dates("date_on_sale_from", None, shop),
        **dates("date_on_sale_to", None, shop),
        "on_sale": False,
        "purchasable": True,
        "total_sales": len(_sold_at(store, product)),
        "virtual": product.gift_card,
        "downloadable": False,
        "downloads": [],
        "download_limit": -1,
        "download_expiry": -1,
        "external_url": "",
        "button_text": "",
        "tax_status": "none" if product.gift_card else "taxable",
        "tax_class": "",
        "manage_stock": False,
        "stock_quantity": None,
        "backorders": "no",
        "backorders_allowed": False,
        "backordered": False,
        "low_stock_amount": None,
        "sold_individually": False,
        "weight": "",
        "dimensions": {"length": "", "width": "", "height": ""},
        "shipping_required": not product.gift_card,
        "shipping_taxable": not product.gift_card,
        "shipping_class": "",
        "shipping_class_id": 0,
        "reviews_allowed": True,
        "average_rating": f"{average:.2f}",
        "rating_count": count,
        "upsell_ids": [],
        "cross_sell_ids": [],
        "parent_id": 0,
        "purchase_note": "",
        "categories": [_term(15, sorted({each.category for each in store.products.values()}), product.category)],
        "brands": [],
        "tags": [_term(60, sorted({tag for each in store.products.values() for tag in each.tags}), tag)
                 for tag in product.tags],
        "images": [],
        "attributes": [],
        "default_attributes": [],
        "variations": [variant.id for variant in product.variants] if variable else [],
        "grouped_products": [],
        "menu_order": 0,
        "price_html": f'<span class="woocommerce-Price-amount amount"><bdi>{tag}</bdi></span>',
        "related_ids": [other for other in store.products if other != product.id][:4],
        "meta_data": [],
        "stock_status": "instock",
        "has_options": variable,
        "post_password": "",
        "global_unique_id": "",
        "_links": links(shop, "products", product.id),
    }  # fmt: skip


def _term(first: int, names: list[str], name: str) -> Json:
    return {"id": first + names.index(name), "name": name, "slug": quote(name.lower().replace(" ", "-")).lower()}


def _sold_at(store: Store, product: Product) -> list[datetime]:
    return [
        order.created_at
        for order in store.orders.values()
        if any(line.product_id == product.id for line in order.lines)
    ]


def customer_body(store: Store, customer: Customer) -> Json:
    """Write an account."""
    shop = store.shop
    orders = store.orders_of(customer.id)
    blank = not customer.address.address1
    billing = address_body(customer.address)
    if blank:
        billing = dict.fromkeys(billing, "")
    # In a customer the keys of an address stand in another order than in an order.
    billing = {**{key: value for key, value in billing.items() if key != "state"}, "state": billing["state"]}
    hashed = hashlib.sha256(customer.email.strip().lower().encode()).hexdigest()
    active = [(m.id, m.key, m.value) for m in customer.metafields]
    return {
        "id": customer.id,
        **dates("date_created", customer.created_at, shop),
        **dates("date_modified", customer.updated_at, shop),
        "email": customer.email,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "role": "customer",
        "username": customer.email.partition("@")[0],
        "billing": {**billing, "email": "" if blank else customer.email, "phone": customer.address.phone},
        "shipping": {**billing, "phone": customer.address.phone},
        "is_paying_customer": any(order.fulfilled_at for order in orders),
        "avatar_url": f"https://secure.gravatar.com/avatar/{hashed}?s=96&d=mm&r=g",
        "meta_data": meta(active),
        "_links": links(shop, "customers", customer.id),
    }


def coupon_body(store: Store, code: DiscountCode) -> Json:
    """Write a coupon."""
    shop = store.shop
    amount = f"{code.percent * 100:.2f}" if code.kind is CodeKind.PERCENTAGE else money(code.amount, shop)
    individual = "order" not in code.combines
    return {
        "id": code.id,
        "code": code.code.lower(),
        "amount": amount,
        "status": "publish" if code.enabled else "trash",
        **dates("date_created", code.created_at, shop),
        **dates("date_modified", code.updated_at, shop),
        "discount_type": "percent" if code.kind is CodeKind.PERCENTAGE else "fixed_cart",
        "description": code.title,
        **dates("date_expires", code.ends_at, shop),
        "usage_count": len(code.used_by),
        "individual_use": individual,
        "product_ids": code.goods,
        "excluded_product_ids": [],
        "usage_limit": code.usage_limit,
        "usage_limit_per_user": code.limit_per_customer,
        "limit_usage_to_x_items": code.pieces,
        "free_shipping": code.kind is CodeKind.FREE_SHIPPING,
        "product_categories": [],
        "excluded_product_categories": [],
        "exclude_sale_items": False,
        "minimum_amount": money(code.minimum, shop),
        "maximum_amount": money(0, shop),
        "email_restrictions": code.emails,
        "used_by": code.used_by,
        "meta_data": meta([(m.id, m.key, m.value) for m in code.metadata]),
        "_links": links(shop, "coupons", code.id),
    }


def review_body(store: Store, review: Review) -> Json:
    """Write a review as `products/reviews` answers it: an address, but no account."""
    shop = store.shop
    product = store.products[review.product_id]
    return {
        "id": review.id,
        **dates("date_created", review.created_at, shop),
        "product_id": review.product_id,
        "product_name": product.title,
        "product_permalink": f"{shop.home}/product/{product.slug}/",
        "status": REVIEW_STATUS[review.status],
        "reviewer": review.name,
        "reviewer_email": review.email,
        "review": f"<p>{review.body}</p>\n",
        "rating": review.rating,
        "verified": review.verified,
        "reviewer_avatar_urls": {},
        "_links": {
            **links(shop, "products/reviews", review.id),
            "up": [{"href": f"{shop.home}/wp-json/wc/v3/products/{review.product_id}"}],
        },
    }


def bridged_review(store: Store, review: Review, changed_at: datetime) -> Json:
    """Write a review as the plugin reports it to its webhook topics."""
    account = store.customers.get(review.customer_id or 0)
    return {
        "id": review.id,
        "product_id": review.product_id,
        "customer_id": account.id if account else 0,
        "email": account.email if account else review.email,
        "rating": review.rating,
        "status": COMMENT_STATUS[review.status],
        "date_gmt": gmt(review.created_at),
        "verified": review.verified,
        "changed_gmt": gmt(changed_at),
    }
