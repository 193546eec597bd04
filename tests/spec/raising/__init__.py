"""What a rule raises. For whom, unless what, because of what, what stands beside it, and what is still missing."""

CHAPTERS = (
    "only_for",
    "unless",
    "weighed_by",
    "needs",
    "missing_support",
    "recheck",
    "undertakings",
    "for_a_person",
    "grades",
    "because",
    "missing",
    "settling",
    "reading_order",
)
