"""What a password must not be, beside short or common: this product's name, a common one in disguise, repetition.

No rule says of which characters it is made. The list of common ones is the one that Django ships.
"""

from functools import cache
from string import digits, punctuation

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

PRODUCT = "soundings"
LEFT_OVER = 8  # characters that have to remain without the product's name
DIFFERENT = 5  # characters that have to differ from each other


class NotEasilyGuessed:
    """Refuse what is long enough and still among the first that somebody would try."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise where the password is too easily guessed."""
        plain = password.casefold()
        if PRODUCT in plain and len(plain.replace(PRODUCT, "")) < LEFT_OVER:
            raise ValidationError(
                gettext("This is made of the product's name. Choose other words."), code="product-name"
            )
        if len(set(plain)) < DIFFERENT or _repeats(plain):
            raise ValidationError(gettext("This repeats the same few characters. Choose a few words."), code="repeats")
        if plain.strip(digits + punctuation) in _common():
            message = gettext("This is a common password with something before or after it. Choose a few words.")
            raise ValidationError(message, code="common-in-disguise")

    def get_help_text(self) -> str:
        """Say what is not wanted."""
        return gettext("Not this product's name, not a common password with digits, nothing over and over.")


def _repeats(plain: str) -> bool:
    """Say whether it is one shorter piece, several times."""
    return plain in (plain + plain)[1:-1]


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
