"""The engine: answers in, guidance out. Pure Python; no Django, no clock, no storage.

It shows what published guidance raises for a clinician to weigh. It never decides: no output of it is a verdict, a
score or a probability.
"""
