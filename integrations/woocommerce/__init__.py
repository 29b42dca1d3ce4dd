"""WooCommerce's shops."""
