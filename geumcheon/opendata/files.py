"""The lists as files: a directory of NAME.json and NAME.csv, or one zip with all of them."""

import os
import zipfile
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction

from geumcheon.opendata.dataset import Dataset
from geumcheon.opendata.datasets import DATASETS

FORMATS = {"json": Dataset.json, "csv": Dataset.csv}


@contextmanager
def one_moment():
    """Every read inside sees the data of one moment, so that the files agree with each other."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


class _Counted:
    """Rows on their way into a file, and how many there were."""

    def __init__(self, rows):
        self.rows, self.number = rows, 0

    def __iter__(self):
        for row in self.rows:
            self.number += 1
            yield row


def _pieces():
    """(dataset, file name, counted rows, pieces of text) of every file."""
    for dataset in DATASETS.values():
        for suffix, stream in FORMATS.items():
            rows = _Counted(dataset.rows())
            yield dataset, f"{dataset.name}.{suffix}", rows, stream(dataset, rows)


def write_directory(directory):
    """Write NAME.json and NAME.csv of every list into `directory` (made where missing), each file whole or not at all.

    Returns {name: number of rows}. Raises OSError where the directory cannot be written.
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    written = {}
    with one_moment():
        for dataset, filename, rows, pieces in _pieces():
            _write_whole(directory / filename, pieces)
            written[dataset.name] = rows.number
    return written


def _write_whole(path, pieces):
    """Readers see the old file or the new one, never half of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_zip(target, report=lambda done, total: None):
    """Write one zip with every file to a path or binary file; report(done, total) is called after each file."""
    total = len(DATASETS) * len(FORMATS)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, (_, filename, _, pieces) in enumerate(_pieces(), 1):
            with archive.open(filename, "w") as file:
                for piece in pieces:
                    file.write(piece.encode())
            report(done, total)
