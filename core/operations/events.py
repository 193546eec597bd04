"""The names of what is recorded about an installation itself, in the stream of each practice that it holds."""

from django.utils.translation import gettext_noop

from core.ledger.events import register

BACKUP_MADE = register("backup.made", gettext_noop("A backup was made"))
BACKUP_RESTORED = register("backup.restored", gettext_noop("The database was restored from a backup"))
