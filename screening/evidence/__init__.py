"""What leaves the house as evidence: the bundle's files and their order, and the verifier that goes with it.

Pure: no tables, no clock, no settings. ``docs/evidence-format.md`` is the format.
"""
