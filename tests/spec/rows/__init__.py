"""Chapter: counting the rows of a repeating group."""
