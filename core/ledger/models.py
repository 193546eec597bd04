"""The ledger's tables. Only ``services`` writes them; the database refuses to change or delete what was written."""

from django.conf import settings
from django.db import models

from core.ledger.sealing import append_only


class Stream(models.Model):
    """One chain of entries, such as ``case:<uuid>``, and where it stands. The head moves; that is all that changes."""

    name = models.CharField(max_length=100, unique=True)
    practice = models.ForeignKey(
        "accounts.Practice", null=True, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    head_seq = models.PositiveBigIntegerField(default=0)
    head_hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name


class StreamKey(models.Model):
    """The key that a stream's payloads are encrypted with, itself wrapped by FIELD_KEYS.

    Kept apart so that it can be wrapped anew, or one day erased, without touching an entry.
    """

    stream = models.OneToOneField(Stream, primary_key=True, on_delete=models.PROTECT, related_name="key")
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return f"key of {self.stream}"


@append_only(sealed=False)
class Entry(models.Model):
    """One event. ``bytes`` is the record; the other columns repeat it for searching, and the verifier compares them."""

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="entries")
    seq = models.PositiveBigIntegerField()
    bytes = models.BinaryField()
    hash = models.CharField(max_length=64)
    prev_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    role = models.CharField(max_length=20, null=True)  # noqa: DJ001 - the system acts in no role
    practice = models.ForeignKey(
        "accounts.Practice", null=True, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    action = models.CharField(max_length=60)
    object = models.CharField(max_length=100)
    commit = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)  # over the bytes, with a key that the database does not hold

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="one_entry_per_place_in_a_stream")]
        indexes = [
            models.Index(fields=["object", "at"], name="ledger_by_object"),
            models.Index(fields=["practice", "action", "at"], name="ledger_by_action"),
            models.Index(fields=["practice", "at"], name="ledger_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.seq}: {self.action}"


@append_only(sealed=False)
class Payload(models.Model):
    """What an event says beyond its name, encrypted with its stream's key together with the nonce of the commitment.

    The nonce is inside, not beside: once the key is erased, nobody can try a yes and a no against the commitment.
    """

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="payload")
    ciphertext = models.BinaryField()

    def __str__(self) -> str:
        return f"payload of {self.entry_id}"


@append_only(sealed=False)
class Seal(models.Model):
    """Which entry seals which row: an index over the payloads, where the digest itself stands encrypted."""

    pk = models.CompositePrimaryKey("entry_id", "table", "row")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="seals")
    table = models.CharField(max_length=100)
    row = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["table", "row"], name="ledger_seal_by_row")]

    def __str__(self) -> str:
        return f"{self.table} {self.row}"


@append_only(sealed=False)
class Checkpoint(models.Model):
    """The heads of all streams that had moved by a moment, signed and chained. ``bytes`` is the record."""

    number = models.PositiveBigIntegerField(primary_key=True)
    bytes = models.BinaryField()
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    key = models.CharField(max_length=16)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"checkpoint {self.number}"


@append_only(sealed=False)
class CheckpointLeaf(models.Model):
    """Where one stream stood at a checkpoint. Its name, and not its row: the leaf outlives a stream that is removed."""

    pk = models.CompositePrimaryKey("checkpoint_id", "position")
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="leaves")
    position = models.PositiveIntegerField()
    stream = models.CharField(max_length=100)
    seq = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="one_leaf_per_place_in_a_stream")]

    def __str__(self) -> str:
        return f"{self.stream} {self.seq}"


class WitnessFolder(models.Model):
    """How far the checkpoints are written to ``WITNESS_FOLDER``, and why the last attempt failed, if it did."""

    number = models.PositiveBigIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"witnessed up to {self.number}"


class Command(models.Model):
    """A command that was carried out, by the key of the form that asked for it: the same form does it once.

    ``led_to`` is the address to which the person was led, where that is known. The record itself is the entry.
    """

    key = models.CharField(max_length=64)
    verb = models.CharField(max_length=60)
    done_at = models.DateTimeField()
    led_to = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "verb"], name="one_command_per_form")]

    def __str__(self) -> str:
        return self.verb
