"""The names of what is recorded about people and their accounts, beside those that the ledger itself knows."""

from django.utils.translation import gettext_noop

from core.ledger.events import register

USER_CREATED = register("user.created", gettext_noop("An account was made"))
SIGN_IN_LOCKED = register("session.locked", gettext_noop("Signing in was paused after repeated failures"))
SECOND_FACTOR_FAILED = register("session.second-factor-failed", gettext_noop("A second factor was wrong"))
SESSION_ENDED = register("session.ended", gettext_noop("A session was ended from another one"))
SECOND_FACTOR_ADDED = register("second-factor.added", gettext_noop("A second factor was set up"))
SECOND_FACTOR_REMOVED = register("second-factor.removed", gettext_noop("A second factor was removed"))
SECOND_FACTOR_USED = register("second-factor.used", gettext_noop("A second factor was used"))
SECOND_FACTOR_RESET = register(
    "second-factor.reset", gettext_noop("Somebody's second factors were taken away, and their sessions ended")
)
RECOVERY_CODES_MADE = register("recovery-codes.made", gettext_noop("New recovery codes were made"))
RECOVERY_CODE_USED = register("recovery-codes.used", gettext_noop("A recovery code was used up"))
LANGUAGE_CHOSEN = register("user.language-chosen", gettext_noop("The language of the pages was chosen"))
PASSWORD_CHANGED = register("password.changed", gettext_noop("The password was changed, and other sessions ended"))
SINGLE_SIGN_ON_LINKED = register(
    "single-sign-on.linked", gettext_noop("An account was linked to the practice's sign-in service")
)
SINGLE_SIGN_ON_UNLINKED = register(
    "single-sign-on.unlinked", gettext_noop("An account's link to the sign-in service was taken away")
)
