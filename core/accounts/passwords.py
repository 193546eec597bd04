"""What a password must not be, beside short or common: made of this product's name, or of next to nothing.

No rule says of which characters it is made.
"""

from django.core.exceptions import ValidationError

PRODUCT = "soundings"
LEFT_OVER = 8  # characters that have to remain without the product's name
DIFFERENT = 5  # characters that have to differ from each other


class NotEasilyGuessed:
    """Refuse a password that says little beside the product's name, or that repeats a few characters."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise where the password is too easily guessed."""
        plain = password.casefold()
        if PRODUCT in plain and len(plain.replace(PRODUCT, "")) < LEFT_OVER:
            raise ValidationError("This is made of the product's name. Choose other words.", code="product-name")
        if len(set(plain)) < DIFFERENT:
            raise ValidationError("This repeats the same few characters. Choose a few words.", code="repeats")

    def get_help_text(self) -> str:
        """Say what is not wanted."""
        return "Not this product's name, and not the same few characters over and over."
