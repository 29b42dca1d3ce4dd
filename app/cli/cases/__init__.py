"""``kizuna cases``: stories of shops and members with the numbers that must come out, run through the real engine."""
