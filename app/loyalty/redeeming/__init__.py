"""Redeeming: who may have which reward, what becomes of it, and who is offered or drawn what."""
