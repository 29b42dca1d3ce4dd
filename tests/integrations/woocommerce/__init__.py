"""WooCommerce: what a real store sent, and how its REST API behaves."""
