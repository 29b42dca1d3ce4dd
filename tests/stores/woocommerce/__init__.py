"""The WooCommerce demonstration store behaves as the real one that was watched."""
