"""Shopify's shops."""
