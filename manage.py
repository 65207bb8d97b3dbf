#!/usr/bin/env python
"""Django's command-line entry point."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geumcheon.settings")
    if sys.argv[1:2] == ["serve"] and "--noreload" not in sys.argv:
        from django.utils import autoreload

        if os.environ.get(autoreload.DJANGO_AUTORELOAD_ENV) != "true":
            # The process that starts the server again after an edit loads nothing of the portal: a start pays for that once.
            autoreload.run_with_reloader(None)

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
