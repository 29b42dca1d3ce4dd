"""Review apps: what they send, and what it comes to."""
