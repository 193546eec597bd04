"""The specification of the engine, to be read as a book.

A folder is a part, a file a chapter, a test a paragraph: a condition, and a table of answers with how it comes out.
``-`` stands for no answer, ``declined`` and ``unknown`` for an answer that says why there is none. Where a question is
asked in each row of a group, ``;`` stands between its rows, and ``...`` at the end where there may be more.
"""
