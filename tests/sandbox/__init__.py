"""Two demonstration stores, for people and for tests: one speaks Shopify's contract, one WooCommerce's.

They import nothing of the programme they demonstrate and talk to it over HTTP only, as real stores do.
"""
