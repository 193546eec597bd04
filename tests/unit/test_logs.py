"""A log line is enough to find a fault and not enough to find a person."""

import io
import json
import logging
import logging.config
import re

import pytest
import structlog
from django.test import Client

from core.config import logs


@pytest.fixture
def lines():
    """What production would write, as it is written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    configured = logs.logging_settings(as_json=True)["formatters"]["lines"]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**{k: v for k, v in configured.items() if k != "()"}))
    handler.addFilter(logs.TemplateOnly())
    logger = logging.getLogger("core.tried")
    logger.handlers, logger.propagate = [handler], False
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logger.handlers, logger.propagate = [], True


def test_address_browser_person_and_path_are_dropped(lines):
    structlog.get_logger("core.tried").info(
        "seen", ip="192.0.2.1", user_agent="x", user_id=1, path="/clients?q=Ada", n=3
    )
    (line,) = lines()
    assert line["event"] == "seen"
    assert line["n"] == 3
    assert not {"ip", "user_agent", "user_id", "path"} & line.keys()


def test_an_exception_is_its_kind_and_its_place_without_its_words(lines):
    try:
        int("she said something private")
    except ValueError:
        structlog.get_logger("core.tried").exception("failed")
    (line,) = lines()
    assert line["exception"] == "builtins.ValueError"
    assert "test_logs.py" in line["frames"][0]
    assert "private" not in json.dumps(line)


def test_a_library_s_line_is_logged_without_what_it_filled_in(lines):
    try:
        int("Ada")
    except ValueError:
        logging.getLogger("core.tried").exception("Internal Server Error: %s", "/clients/Ada")
    (line,) = lines()
    assert line["exception"] == "builtins.ValueError"
    assert "Ada" not in json.dumps(line)


def test_a_request_is_logged_by_its_route(rf):
    request = rf.get("/clients/?q=Ada")
    assert logs.RequestLogMiddleware.format_request(request) == "GET -"


@pytest.fixture(params=["development"])
def read_along(request):
    """What a developer would read, as it is written while these loggers are set up as in development."""
    written = io.StringIO()
    names = ("", "django", "django.request", "django.server", "django_structlog", "core", "core.requests")
    before = {n: (logging.getLogger(n).handlers[:], logging.getLogger(n).filters[:]) for n in names}
    levels = {n: (logging.getLogger(n).level, logging.getLogger(n).propagate) for n in names}
    settings = logs.logging_settings(as_json=request.param == "production")
    settings["handlers"]["stderr"]["stream"] = written
    logging.config.dictConfig(settings)
    yield lambda: written.getvalue().splitlines()
    for name in names:
        logger = logging.getLogger(name)
        (logger.handlers, logger.filters), (logger.level, logger.propagate) = before[name], levels[name]


@pytest.mark.django_db
def test_a_developer_reads_one_line_for_each_request_without_ids_or_what_was_asked(client, read_along):
    client.get("/sign-in/?next=/clients/Ada/")
    client.get("/nowhere/Ada/?q=Ada")
    client.get("/clients/4b2f1c1e-0000-4000-8000-000000000000/")
    found = [re.sub(r"\d+ ms", "n ms", line.partition("] ")[2]) for line in read_along()]
    assert found[:2] == ["GET /sign-in/ 200, n ms [core.requests]", "GET - 404, n ms [core.requests]"]
    assert re.fullmatch(r"GET /clients/<uuid:\w+>/ 302, n ms \[core.requests\]", found[2])
    assert len(found) == 3


@pytest.mark.parametrize("name", ["django.request", "django.server"])
def test_a_developer_is_spared_django_s_own_words_on_requests(read_along, name):
    logging.getLogger(name).warning('"%s" %s %s', "GET /clients/Ada", "404", "12")
    assert read_along() == []


@pytest.mark.django_db
@pytest.mark.parametrize("read_along", ["development", "production"], indirect=True)
def test_a_form_whose_token_does_not_fit_is_logged_without_its_address_and_what_it_held(read_along):
    address = "/clients/4b2f1c1e-0000-4000-8000-000000000000/edit/"
    sent = Client(enforce_csrf_checks=True).post(
        address, {"name": "Ada"}, headers={"Referer": f"http://a.example{address}"}
    )
    assert sent.status_code == 403
    (said,) = [line for line in read_along() if "django.security.csrf" in line]
    assert "Forbidden" in said
    assert not [line for line in read_along() if "4b2f1c1e" in line or "Ada" in line or "a.example" in line]
