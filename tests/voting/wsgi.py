"""The portal's own application for web processes of a test; text messages lie in TEXT_FOLDER, one file per number."""

import os
from pathlib import Path

from geumcheon.wsgi import application

# isort: split
from geumcheon.accounts.verification import texts  # once the line above has Django ready

__all__ = ["application"]


def _folder(number, text):
    # Renamed into place: no reader finds half a text.
    new = Path(os.environ["TEXT_FOLDER"]) / f"{number}.{os.getpid()}"
    new.write_text(text)
    new.rename(new.with_suffix(""))


texts.BACKENDS["folder"] = _folder
