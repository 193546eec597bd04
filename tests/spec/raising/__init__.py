"""What a rule raises, unless what, because of what, and what is still missing."""
