"""How the product says no.

A domain rule that says no raises ``Refused`` with a sentence for the reader: what is wrong and what to do. It is
never a bug, never a stack trace, and never changes anything.
"""


class Refused(Exception):
    """A domain rule says no, in words for the user.

    ``code`` is a short, stable name for tests and logs; it carries nothing personal.
    """

    def __init__(self, message: str, *, code: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class NotForThisUser(Refused):
    """The object exists or not: this user may not know. Views answer 404."""


class Erased(Refused):
    """What was asked for was erased: nobody can read it again. Views answer 410."""


class Over(Refused):
    """What was asked for was open to this person for a while, and that while has ended. Views answer 410."""


class Conflict(Refused):
    """Somebody else was first, or a newer version exists. Nothing was changed; views answer 409."""
