"""Counting the rows of a repeating group."""
