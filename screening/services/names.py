"""Keeping what finds a client by name in step with the name: when it is written, and when the field keys change."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from core.blind_index import digest_of, words_of
from core.encryption import DecryptionFailed
from core.rotation import BATCH, Progress, Told
from screening.models import Client, ClientNameWord

SOURCE = "screening.ClientNameWord.digest"


def index_name(client: Client) -> None:
    """Have the client found by the words of their name as it is now, and by nothing else.

    Called in the transaction that writes the name. An erased client has none, and is found by no word.
    """
    wanted, stored = _wanted(client), _stored(client)
    ClientNameWord.objects.filter(client=client, digest__in=stored - wanted).delete()
    ClientNameWord.objects.bulk_create(
        ClientNameWord(practice_id=client.practice_id, client=client, digest=digest)
        for digest in sorted(wanted - stored)
    )


def index_all(move: bool, told: Told) -> Progress:
    """Look at every client, and index their name under the newest field key where ``move`` says so.

    What was never indexed counts as being on an old key: it is put right in the same way.
    """
    progress, last = Progress(SOURCE), None
    while keys := list(_after(last)):
        for key in keys:
            _look_at(key, progress, move=move)
        last = keys[-1]
        told(progress)
    return progress


def _after(last: object) -> QuerySet[Client, UUID]:
    found = Client.objects.order_by("pk").values_list("pk", flat=True)
    return (found if last is None else found.filter(pk__gt=last))[:BATCH]


def _look_at(key: UUID, progress: Progress, *, move: bool) -> None:
    """Look at one client, locked: whoever changes the name meanwhile waits, and then indexes it themselves."""
    with transaction.atomic():
        try:
            client = Client.objects.select_for_update().get(pk=key)
        except DecryptionFailed:
            progress.unopened.append(str(key))
            return
        if _wanted(client) == _stored(client):
            progress.newest += 1
        elif move:
            index_name(client)
            progress.moved += 1
        else:
            progress.old += 1


def _wanted(client: Client) -> set[str]:
    return {digest_of(word, str(client.practice_id)) for word in words_of(client.name)}


def _stored(client: Client) -> set[str]:
    return set(ClientNameWord.objects.filter(client=client).values_list("digest", flat=True))
