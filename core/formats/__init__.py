"""How days and numbers are written, by language. Django reads these by name; nothing else stands here."""
