"""Hearing customers: what is asked, what answers say together, and what follows a low one."""
