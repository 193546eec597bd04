#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

ENDED_BY_A_CLOSED_PIPE = 141  # as a shell says it of a program that ends by the signal


def main() -> None:
    """Run the management command named on the command line; say in words why the settings do not start.

    Whoever reads the output may stop reading, as ``| head`` does: then the command ends, and says nothing of it.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        try:
            execute_from_command_line(sys.argv)
        finally:
            sys.stdout.flush()
    except ImproperlyConfigured as problem:
        sys.exit(str(problem))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to be written goes nowhere
        sys.exit(ENDED_BY_A_CLOSED_PIPE)


if __name__ == "__main__":
    main()
