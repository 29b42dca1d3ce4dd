"""Shopify: what its stores send and what we send to them, held against its published contract."""
