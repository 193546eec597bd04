"""Reading answers. What one condition reads: an option, a number, a date, a score, a claim, a source."""

CHAPTERS = (
    "choices",
    "numbers",
    "status",
    "dates",
    "two_dates",
    "scores",
    "multiples",
    "sources",
    "claims",
    "places",
)
