"""The specification of the engine, to be read as a book.

A folder is a chapter, a file a section, a test a paragraph: a condition, and a table of answers with how it comes
out. ``-`` stands for no answer, ``declined`` and ``unknown`` for an answer that says why there is none.
"""
