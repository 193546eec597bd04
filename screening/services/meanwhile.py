"""The refusal of an answer to a flag that was answered elsewhere since its page was opened."""

from collections.abc import Sequence

from django.utils.translation import gettext

from core.errors import Conflict


class AnsweredMeanwhile(Conflict):
    """Flags have another answer than the one that was shown where they were answered: ``rules`` says which."""

    def __init__(self, rules: Sequence[str]) -> None:
        super().__init__(
            gettext(
                "Some of these flags were answered elsewhere since this page was opened. What stands now is shown "
                "beside what you chose and typed. Choose what is right and save again."
            ),
            code="answered-meanwhile",
        )
        self.rules = rules
