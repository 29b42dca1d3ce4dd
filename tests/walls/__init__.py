"""Walls between tenants and roles: what is asked is made from the routes and tables there are."""
