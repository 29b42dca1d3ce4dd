"""The jobs: pages, leases, retries, wounds and what heals them."""
