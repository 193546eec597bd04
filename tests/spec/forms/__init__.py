"""What published protocols need. Twenty-seven forms of criteria, and the part of a rule that holds each."""
