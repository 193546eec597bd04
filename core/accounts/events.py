"""The names of what is recorded about people and their accounts, beside those that the ledger itself knows."""

from core.ledger.events import register

USER_CREATED = register("user.created", "An account was made")
SIGN_IN_LOCKED = register("session.locked", "Signing in was paused after repeated failures")
SECOND_FACTOR_FAILED = register("session.second-factor-failed", "A second factor was wrong")
SESSION_ENDED = register("session.ended", "A session was ended from another one")
SECOND_FACTOR_ADDED = register("second-factor.added", "A second factor was set up")
SECOND_FACTOR_REMOVED = register("second-factor.removed", "A second factor was removed")
SECOND_FACTOR_USED = register("second-factor.used", "A second factor was used")
SECOND_FACTOR_RESET = register(
    "second-factor.reset", "Somebody's second factors were taken away, and their sessions ended"
)
RECOVERY_CODES_MADE = register("recovery-codes.made", "New recovery codes were made")
RECOVERY_CODE_USED = register("recovery-codes.used", "A recovery code was used up")
PASSWORD_CHANGED = register("password.changed", "The password was changed, and other sessions ended")
SINGLE_SIGN_ON_LINKED = register("single-sign-on.linked", "An account was linked to the practice's sign-in service")
SINGLE_SIGN_ON_UNLINKED = register("single-sign-on.unlinked", "An account's link to the sign-in service was taken away")
