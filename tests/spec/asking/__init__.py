"""Whether a question is asked. What an answer is worth where its question is not asked, or perhaps not."""

CHAPTERS = ("enable_when",)
