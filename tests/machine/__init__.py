"""A machine that does whatever may happen to a shop in any order, and looks after every step whether all holds."""
