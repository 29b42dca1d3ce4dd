"""The pages that shoppers see, the same in both stores, and the back office behind them."""
