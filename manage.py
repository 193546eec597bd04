#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

ENDED_BY_A_CLOSED_PIPE = 141  # as a shell says it of a program that ends by the signal
DATABASE_CANNOT_SERVE = 2


def main() -> None:
    """Run the management command named on the command line; say in words why the settings do not start,
    or why the database cannot serve.

    Whoever reads the output may stop reading, as ``| head`` does: then the command ends, and says nothing of it.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import Error

    try:
        try:
            execute_from_command_line(sys.argv)
        finally:
            sys.stdout.flush()
    except ImproperlyConfigured as problem:
        sys.exit(str(problem))
    except Error as problem:
        _end_in_words(problem)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to be written goes nowhere
        sys.exit(ENDED_BY_A_CLOSED_PIPE)


def _end_in_words(problem: Exception) -> None:
    """Say what is wrong with the database and what to do; let a fault of ours end as it would."""
    from core.config.database_words import in_words

    said = in_words(problem)
    if said is None:
        raise problem
    sys.stderr.write(f"{said[0].upper()}{said[1:]}\n")
    sys.exit(DATABASE_CANNOT_SERVE)


if __name__ == "__main__":
    main()
