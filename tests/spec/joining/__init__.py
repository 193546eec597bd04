"""How parts are joined. All nine combinations of each, for unknown is neither."""
