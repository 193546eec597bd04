"""Chapter: what a leaf reads in one answer."""
