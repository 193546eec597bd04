"""What the notes and the docs claim about speed and size, measured. Nothing here is a test."""
