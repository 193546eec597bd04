"""How much one request may bring along, looked at before any of it is parsed. Form fields are counted by Django."""

from collections.abc import Callable

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

LARGEST_BODY = 2_000_000
LONGEST_ADDRESS = 1_000
LONGEST_QUERY = 3_000
LONGEST_HEADERS = 32_000
MOST_HEADERS = 100
MOST_FIELDS = 2_000

TOO_LARGE, TOO_LONG, TOO_MANY_HEADERS, NO_LENGTH, UNREADABLE = 413, 414, 431, 411, 400


class LimitsMiddleware:
    """Refuse what is larger than any page of ours sends, with a page that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        status = beyond(request.META, request.path_info)
        return refusal(status) if status else self.get_response(request)


def beyond(meta: dict[str, object], path: str) -> int:
    """Return the status that says which limit a request goes beyond, or 0."""
    query = str(meta.get("QUERY_STRING", ""))
    if len(path) > LONGEST_ADDRESS or len(query) > LONGEST_QUERY:
        return TOO_LONG
    if "\0" in path or "%00" in query:
        return UNREADABLE
    headers = [(name, str(value)) for name, value in meta.items() if name.startswith("HTTP_")]
    if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > LONGEST_HEADERS:
        return TOO_MANY_HEADERS
    return _body_beyond(str(meta.get("CONTENT_LENGTH") or ""), str(meta.get("HTTP_TRANSFER_ENCODING", "")))


def _body_beyond(length: str, encoding: str) -> int:
    if not length:
        return NO_LENGTH if encoding else 0
    if not (length.isascii() and length.isdigit()):
        return UNREADABLE
    return TOO_LARGE if len(length) > 12 or int(length) > LARGEST_BODY else 0


def refusal(status: int) -> HttpResponse:
    """Return the page for a request that goes beyond a limit; nothing of the request stands on it.

    It does not say ``Connection: close``: that is the server's to say, never the application's (PEP 3333). What of a
    body was not read, gunicorn and runserver throw away, or close the connection, before they read another request.
    """
    said = {"size": status == TOO_LARGE, "unreadable": status == UNREADABLE, "no_length": status == NO_LENGTH}
    response = HttpResponse(render_to_string("errors/too_much.html", said), status=status)
    response["Cache-Control"] = "no-store"
    return response


class NoFiles(FileUploadHandler):
    """Take no file: no page of ours has a field for one, so that nothing that is sent reaches a disk."""

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Stop reading at the first file."""
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep nothing."""

    def file_complete(self, file_size: int) -> None:
        """Return no file."""
