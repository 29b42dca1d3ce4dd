"""The JSON the storefront widget reads and sends: by Shopify's app proxy, and across origins from WooCommerce."""
