"""The outside world: platforms, review apps, and the one transport to them."""
