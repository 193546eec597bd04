"""What a leaf reads in one answer."""
