"""The ledger: what moves, a member's books of lots and debt, and how two books become one."""
