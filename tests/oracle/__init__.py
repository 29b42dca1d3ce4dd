"""The oracle: what every amount must be, worked out a second time from the page of exact meanings alone."""
