"""Review apps: they tell of reviews at shops that a platform connected."""
