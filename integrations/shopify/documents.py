"""Every GraphQL document we can send, by name; a test holds each against Shopify's published schema.

Orders, refunds and customers are asked for under the names their webhooks use (``updated_at: updatedAt``), so that one
reader understands both. Sizes of pages keep every query below the 1,000 points Shopify allows for one, counting a
point for each object that may come.
"""

from typing import Final

_MONEY: Final = """
fragment Money on MoneyBag { shop_money: shopMoney { amount currency_code: currencyCode } }
"""

_LINE: Final = """
fragment Line on LineItem {
  id
  title
  quantity
  current_quantity: currentQuantity
  gift_card: isGiftCard
  product { id: legacyResourceId }
  variant { id: legacyResourceId }
  vendor
  price_set: originalUnitPriceSet { ...Money }
  discount_allocations: discountAllocations { amount_set: allocatedAmountSet { ...Money } }
  tax_lines: taxLines { price_set: priceSet { ...Money } }
}
"""

_CUSTOMER: Final = """
fragment Person on Customer {
  id: legacyResourceId
  first_name: firstName
  last_name: lastName
  default_email_address: defaultEmailAddress { email_address: emailAddress }
}
"""

_ORDER: Final = (
    """
fragment OrderFacts on Order {
  gid: id
  id: legacyResourceId
  name
  created_at: createdAt
  processed_at: processedAt
  updated_at: updatedAt
  cancelled_at: cancelledAt
  financial_status: displayFinancialStatus
  currency: currencyCode
  presentment_currency: presentmentCurrencyCode
  source_name: sourceName
  payment_gateway_names: paymentGatewayNames
  tags
  taxes_included: taxesIncluded
  test
  email
  customer_locale: customerLocale
  customer { ...Person }
  discount_codes: discountCodes
  total_tax_set: totalTaxSet { ...Money }
  total_tip_received_set: totalTipReceivedSet { ...Money }
  line_items: lineItems(first: $lines) { nodes { ...Line } pageInfo { hasNextPage endCursor } }
  shipping_lines: shippingLines(first: $ways) {
    nodes {
      price_set: originalPriceSet { ...Money }
      discount_allocations: discountAllocations { amount_set: allocatedAmountSet { ...Money } }
      tax_lines: taxLines { price_set: priceSet { ...Money } }
    }
    pageInfo { hasNextPage endCursor }
  }
  refunds(first: $refunds) { gid: id }
}
"""
    + _LINE
    + _CUSTOMER
    + _MONEY
)

SHOP_PROFILE: Final = """
query ShopProfile {
  shop {
    id
    name
    myshopifyDomain
    currencyCode
    ianaTimezone
    taxesIncluded
    primaryDomain { url localization { defaultLocale } }
  }
}
"""

ORDER: Final = (
    """
query OneOrder($id: ID!, $lines: Int!, $ways: Int!, $refunds: Int!, $payments: Int!) {
  order(id: $id) {
    ...OrderFacts
    transactions(first: $payments) { kind status gateway amount_set: amountSet { ...Money } }
  }
}
"""
    + _ORDER
)

PRODUCTS: Final = """
query FiledProducts($ids: [ID!]!, $collections: Int!) {
  nodes(ids: $ids) {
    ... on Product {
      id: legacyResourceId
      tags
      product_type: productType
      collections(first: $collections) { nodes { id: legacyResourceId handle } }
    }
  }
}
"""

ORDER_LINES: Final = (
    """
query LinesOfOrder($id: ID!, $lines: Int!, $after: String) {
  order(id: $id) {
    line_items: lineItems(first: $lines, after: $after) { nodes { ...Line } pageInfo { hasNextPage endCursor } }
  }
}
"""
    + _LINE
    + _MONEY
)

REFUND: Final = (
    """
query OneRefund($id: ID!, $lines: Int!, $after: String) {
  refund(id: $id) {
    id: legacyResourceId
    created_at: createdAt
    processed_at: processedAt
    refund_line_items: refundLineItems(first: $lines, after: $after) {
      nodes {
        quantity
        line_item: lineItem { id }
        subtotal_set: subtotalSet { ...Money }
        total_tax_set: totalTaxSet { ...Money }
      }
      pageInfo { hasNextPage endCursor }
    }
    refund_shipping_lines: refundShippingLines(first: 5) {
      nodes {
        subtotal_amount_set: subtotalAmountSet { ...Money }
        tax_amount_set: taxAmountSet { ...Money }
      }
    }
    duties { amount_set: amountSet { ...Money } }
    transactions(first: 20) { nodes { kind status amount_set: amountSet { ...Money } } }
  }
}
"""
    + _MONEY
)

CHANGED_ORDERS: Final = (
    """
query ChangedOrders($query: String!, $size: Int!, $after: String, $lines: Int!, $ways: Int!, $refunds: Int!) {
  orders(first: $size, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { ...OrderFacts }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + _ORDER
)

ORDER_VERSIONS: Final = """
query OrderVersions($query: String!, $size: Int!, $after: String) {
  orders(first: $size, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes {
      id: legacyResourceId
      processed_at: processedAt
      updated_at: updatedAt
      test
      email
      customer { id: legacyResourceId }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""

CUSTOMER: Final = (
    """
query OneCustomer($id: ID!) {
  customer(id: $id) {
    ...Person
    created_at: createdAt
    updated_at: updatedAt
    state
    verified_email: verifiedEmail
    locale
    tags
  }
}
"""
    + _CUSTOMER
)

_DISCOUNT: Final = """
fragment Discount on DiscountCodeNode {
  id
  codeDiscount {
    __typename
    ... on DiscountCodeBasic {
      title
      status
      customerGets {
        value {
          __typename
          ... on DiscountAmount { amount { amount currencyCode } }
          ... on DiscountPercentage { percentage }
        }
      }
      context { __typename ... on DiscountCustomers { customers { id } } }
    }
    ... on DiscountCodeFreeShipping {
      title
      status
      context { __typename ... on DiscountCustomers { customers { id } } }
    }
  }
}
"""

DISCOUNT_BY_CODE: Final = (
    """
query DiscountByCode($code: String!) {
  codeDiscountNodeByCode(code: $code) { ...Discount }
}
"""
    + _DISCOUNT
)

CREATE_DISCOUNT: Final = """
mutation CreateDiscount($discount: DiscountCodeBasicInput!) {
  result: discountCodeBasicCreate(basicCodeDiscount: $discount) {
    codeDiscountNode { id }
    userErrors { field code message }
  }
}
"""

CREATE_FREE_SHIPPING: Final = """
mutation CreateFreeShipping($discount: DiscountCodeFreeShippingInput!) {
  result: discountCodeFreeShippingCreate(freeShippingCodeDiscount: $discount) {
    codeDiscountNode { id }
    userErrors { field code message }
  }
}
"""

DEACTIVATE_DISCOUNT: Final = """
mutation DeactivateDiscount($id: ID!) {
  result: discountCodeDeactivate(id: $id) {
    codeDiscountNode { id }
    userErrors { field code message }
  }
}
"""

STORE_CREDITS: Final = """
query StoreCredits($id: ID!) {
  customer(id: $id) {
    storeCreditAccounts(first: 5) {
      nodes {
        transactions(first: 25, reverse: true, query: "type:credit") {
          nodes {
            ... on StoreCreditAccountCreditTransaction { id createdAt event amount { amount currencyCode } }
          }
        }
      }
    }
  }
}
"""

GRANT_STORE_CREDIT: Final = """
mutation GrantStoreCredit($id: ID!, $credit: StoreCreditAccountCreditInput!) {
  result: storeCreditAccountCredit(id: $id, creditInput: $credit) {
    storeCreditAccountTransaction { id }
    userErrors { field code message }
  }
}
"""

GIFT_CARDS: Final = """
query GiftCards($query: String!) {
  giftCards(first: 5, query: $query) { nodes { id note initialValue { amount currencyCode } } }
}
"""

CREATE_GIFT_CARD: Final = """
mutation CreateGiftCard($card: GiftCardCreateInput!) {
  result: giftCardCreate(input: $card) {
    giftCard { id }
    userErrors { field code message }
  }
}
"""

MEMBER: Final = """
query MemberAtTheShop($id: ID!, $namespace: String!) {
  customer(id: $id) {
    tags
    points: metafield(namespace: $namespace, key: "points") { value }
    tier: metafield(namespace: $namespace, key: "tier") { value }
  }
}
"""

ADD_TAGS: Final = """
mutation AddTags($id: ID!, $tags: [String!]!) {
  result: tagsAdd(id: $id, tags: $tags) { userErrors { field message } }
}
"""

REMOVE_TAGS: Final = """
mutation RemoveTags($id: ID!, $tags: [String!]!) {
  result: tagsRemove(id: $id, tags: $tags) { userErrors { field message } }
}
"""

SET_METAFIELDS: Final = """
mutation SetMetafields($metafields: [MetafieldsSetInput!]!) {
  result: metafieldsSet(metafields: $metafields) { userErrors { field code message } }
}
"""

DELETE_METAFIELDS: Final = """
mutation DeleteMetafields($metafields: [MetafieldIdentifierInput!]!) {
  result: metafieldsDelete(metafields: $metafields) { userErrors { field message } }
}
"""

SUBSCRIPTIONS: Final = """
query Subscriptions($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    nodes { id topic uri }
    pageInfo { hasNextPage endCursor }
  }
}
"""

SUBSCRIBE: Final = """
mutation Subscribe($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!) {
  result: webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) {
    webhookSubscription { id }
    userErrors { field message }
  }
}
"""
