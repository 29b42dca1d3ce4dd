"""Campaigns: thousands of deliveries, real processes that are killed, and books that have to be right afterwards."""
