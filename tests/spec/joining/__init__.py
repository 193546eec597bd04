"""Joining parts. Conditions made of conditions: all nine combinations of each, for unknown is neither yes nor no."""

CHAPTERS = ("all_any_not", "at_least", "joined_limits", "definitions")
