"""What the commands share: finding the protocol that an argument names, and saying why it cannot be used."""

import os
from pathlib import Path

from django.core.management.base import CommandError

from core.errors import Refused
from screening.engine.documents import Finding, InvalidDocument
from screening.engine.protocol import Protocol, load_protocol
from screening.engine.translations import Translation, load_translations
from screening.selectors.shipped import EXAMPLES, FOLDER, example_names, shipped_names, shipped_protocol

BAD_INPUT = 2
VERSION_PREFIX = "version:"


def bad_input(message: str) -> CommandError:
    """Return the error that ends a command with exit code 2 and the reason on standard error."""
    return CommandError(message, returncode=BAD_INPUT)


def protocol_named(argument: str) -> Protocol:
    """Return the protocol that ``argument`` names: shipped, a folder, or ``version:<uuid>`` as published."""
    try:
        return read_protocol(argument)
    except InvalidDocument as problem:
        raise bad_input(listed(problem.findings)) from None


def read_protocol(argument: str) -> Protocol:
    """Return the protocol that ``argument`` names; raise ``InvalidDocument`` where its documents cannot be loaded."""
    try:
        if argument.startswith(VERSION_PREFIX):
            return _published(argument.removeprefix(VERSION_PREFIX))
        if argument in shipped_names():
            return shipped_protocol(argument)
        return load_protocol(_folder(argument))
    except Refused as refusal:
        raise bad_input(refusal.message) from None


def translations_beside(argument: str) -> tuple[Translation, ...]:
    """Return the translations that lie in the folder that ``argument`` names; a published version has no folder."""
    if argument.startswith(VERSION_PREFIX):
        return ()
    return load_translations(FOLDER / argument if argument in shipped_names() else _folder(argument))


def questionnaire_version_named(argument: str) -> str | None:
    """Return the number of the questionnaire's version where ``argument`` names a published one; None elsewhere."""
    if not argument.startswith(VERSION_PREFIX):
        return None
    from screening.selectors.rule_sets import questionnaire_number_of_version  # noqa: PLC0415 - only this needs the database

    try:
        return str(questionnaire_number_of_version(argument.removeprefix(VERSION_PREFIX)))
    except Refused as refusal:
        raise bad_input(refusal.message) from None


def _folder(argument: str) -> Path:
    folder = Path(argument)
    if folder.is_file():
        raise bad_input(f'"{argument}" is a file. Name the folder that holds the four documents: "{folder.parent}".')
    if not folder.is_dir():
        raise bad_input(f'There is no protocol "{argument}". {_where_else(argument)}')
    return folder


def _where_else(argument: str) -> str:
    if argument in example_names():
        folder = os.path.relpath(FOLDER / EXAMPLES / argument)
        return f"It is an example, which is named by its folder: {folder}."
    return f"Name a folder, or one that ships: {', '.join(shipped_names())}."


def _published(version_id: str) -> Protocol:
    from screening.selectors.rule_sets import protocol_of_version  # noqa: PLC0415 - only this needs the database

    return protocol_of_version(version_id)


def listed(findings: list[Finding]) -> str:
    """Return findings as lines, each with document, place, problem and cure."""
    return "\n".join(str(finding) for finding in findings)
