"""The trade itself: pure functions over plain values, standard library only."""
