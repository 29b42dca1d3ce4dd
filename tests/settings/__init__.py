"""Settings: what is refused, what is filled in, what is kept."""
