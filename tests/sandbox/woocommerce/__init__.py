"""The face of the store 窓と森: WooCommerce's contract, as a real store showed it."""
