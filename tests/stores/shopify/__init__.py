"""The Shopify demonstration store keeps Shopify's contract."""
