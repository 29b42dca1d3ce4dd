"""The storefront widget in a real browser, the contract it speaks, and the files stores load."""
