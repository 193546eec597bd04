"""The names of what is recorded about people and their accounts, beside those that the ledger itself knows."""

from core.ledger.events import register

USER_CREATED = register("user.created", "An account was made")
SIGN_IN_LOCKED = register("session.locked", "Signing in was paused after repeated failures")
