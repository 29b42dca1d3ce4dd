"""What HTTP sees: statuses, documents, headers, and who is let in."""
