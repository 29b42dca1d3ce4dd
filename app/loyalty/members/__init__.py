"""What is known of a member, as facts over time and as segments see it."""
