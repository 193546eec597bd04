"""The names of what is recorded about an installation itself, in the stream of each practice that it holds."""

from core.ledger.events import register

BACKUP_MADE = register("backup.made", "A backup was made")
BACKUP_RESTORED = register("backup.restored", "The database was restored from a backup")
