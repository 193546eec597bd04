"""Logs without anything personal: no address, no browser, no path, no arguments, no exception's words.

An exception's message may quote an answer ("invalid input: ..."), a path may carry what somebody searched for. What
remains (the route's pattern, the kind of exception, where in the code) is enough to find a fault. Who did what is
the ledger's to say.
"""

import logging
import sys
import time
import traceback
from types import TracebackType
from typing import Any

import structlog
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware
from django_structlog.signals import bind_extra_request_failed_metadata

from core.database_faults import trouble_of

PERSONAL = ("ip", "user_agent", "user_id", "user", "username", "email", "request", "path", "positional_args")
STARTED, REQUEST_ID = "soundings.started", "soundings.request_id"
_requests = structlog.get_logger("core.requests")


class RequestLogMiddleware(RequestMiddleware):
    """Log a request by its method and its route's pattern, never by the path that was asked for.

    In development a person reads along: one line for each request, ``GET /clients/<uuid:client_id>/ 200, 34 ms``.
    """

    def prepare(self, request: HttpRequest) -> None:
        """Begin to count the time, and give the request the name by which its lines are found."""
        request.META[STARTED] = time.perf_counter()
        super().prepare(request)
        request.META[REQUEST_ID] = structlog.contextvars.get_contextvars()["request_id"]

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        """Say how the request was answered and how long that took, last, and name it in the answer."""
        super().handle_response(request, response)
        response["X-Request-ID"] = request_id(request)
        milliseconds = round((time.perf_counter() - request.META[STARTED]) * 1000)
        if settings.PRODUCTION:
            match, said = request.resolver_match, {"status": response.status_code, "ms": milliseconds}
            route = f"/{match.route}" if match else "-"
            _requests.info("answered", method=request.method, route=route, request_id=request_id(request), **said)
        else:
            _requests.info(f"{self.format_request(request)} {response.status_code}, {milliseconds} ms")

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        match = request.resolver_match
        return f"{request.method} {f'/{match.route}' if match else '-'}"


def request_id(request: HttpRequest) -> str:
    """Return the random name of a request: in the answer's X-Request-ID, on the page of a fault, on each log line."""
    return str(request.META.get(REQUEST_ID, ""))


def without_personal_data(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Drop what identifies a person; keep the request only in the form that the middleware above gives it."""
    route = event.get("request")
    for name in PERSONAL:
        event.pop(name, None)
    if isinstance(route, str):
        event["request"] = route
    return event


def exception_without_its_words(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replace an exception by its kind and the places in the code it came through."""
    raised = event.pop("exc_info", None)
    if raised is True or isinstance(raised, BaseException):
        raised = _as_triple(raised)
    if isinstance(raised, tuple) and raised[0] is not None:
        kind, _value, where = raised
        event["exception"] = f"{kind.__module__}.{kind.__qualname__}"
        event["frames"] = _frames(where)
    event.pop("stack_info", None)
    return event


@receiver(bind_extra_request_failed_metadata)
def say_what_was_answered(exception: Exception, log_kwargs: dict[str, Any], **_: Any) -> None:
    """Where the database cannot serve, 503 is answered; the library says 500 of whatever is raised."""
    if trouble_of(exception) is not None:
        log_kwargs["code"] = 503


class NoRequests(logging.Filter):
    """Drop what Django says of each request in development: without paths it says nothing, and our own line does."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.args


class TemplateOnly(logging.Filter):
    """Log a library's message as it wrote it, without what it filled in: paths, names and addresses stand there."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not isinstance(record.msg, dict):
            record.args = ()
        return True


def _as_triple(raised: BaseException | bool) -> tuple[Any, ...]:
    if isinstance(raised, BaseException):
        return type(raised), raised, raised.__traceback__
    return sys.exc_info()


def _frames(where: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(where)]


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    exception_without_its_words,
    without_personal_data,
]


def configure() -> None:
    """Send structlog's events through the standard library, so that there is one way out."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logging_settings(*, as_json: bool) -> dict[str, Any]:
    """Return Django's LOGGING: one handler to standard error, JSON lines in production."""
    renderer = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        "foreign_pre_chain": SHARED,
    }
    handler = {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["template_only"]}
    quiet = {"handlers": ["stderr"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": formatter},
        "filters": {"template_only": {"()": TemplateOnly}, "no_requests": {"()": NoRequests}},
        "handlers": {"stderr": handler},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            **({} if as_json else {name: {"filters": ["no_requests"]} for name in ("django.request", "django.server")}),
            "django": {**quiet, "level": "WARNING"},
            "django_structlog": {**quiet, "level": "ERROR"},
            "core": {**quiet, "level": "INFO"},
            "screening": {**quiet, "level": "INFO"},
        },
    }
