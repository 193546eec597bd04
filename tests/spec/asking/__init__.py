"""Whether a question is asked, and what its answer is worth where it is not."""
