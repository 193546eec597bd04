"""Counting rows. A repeating group has a row for each medicine, trial, relative or substance; rules count them."""

CHAPTERS = ("count", "different", "relatives", "medicine_classes", "each_substance")
