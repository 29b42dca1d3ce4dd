"""The face of the store Tidewell: Shopify's contract, as its own packages and documentation describe it."""
