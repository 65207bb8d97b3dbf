"""Lists out as CSV, JSON or XLSX from one description: headings plus a row generator (STYLE.md, pretix).

Rows stream: memory does not grow with their number.
"""

import csv
import io
import json
import math
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from operator import itemgetter

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

BOM = "﻿"
FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")  # Korean spreadsheets take the wide signs too
BATCH = 500  # rows written at a time: fewer, larger pieces for the network
_PLAIN = {int, float, Decimal, type(None)}
_TEXT = {str, type(None)}
_FIRST = itemgetter(slice(1))


def safe_text(value):
    """Text that a spreadsheet would run as a formula gets a leading apostrophe; everything else passes unchanged."""
    if isinstance(value, str) and value[:1] in FORMULA_STARTS:
        return f"'{value}"
    return value


def csv_value(value):
    """A cell for CSV: None is empty, lists join with `; `, yes/no as 예/아니요, dates ISO 8601."""
    if value is None:
        return ""
    if value is True or value is False:
        return "예" if value else "아니요"
    if isinstance(value, (list, tuple)):
        return safe_text("; ".join(str(item) for item in value))
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return safe_text(value) if isinstance(value, str) else value


def json_value(value):
    """What json cannot say itself: dates as ISO 8601, Decimals as int or float."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} cannot be exported")


def _batches(rows):
    """Lists of up to BATCH rows."""
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _ready_for_csv(batch):
    """The rows of a batch with every cell as `csv_value` gives it.

    A column without lists, dates, yes/no or formulas stays as it is: looking at a whole column at once costs a third of
    asking for each cell.
    """
    columns, untouched = [], True
    for column in zip(*batch, strict=True):
        kinds = set(map(type, column))
        texts = kinds <= _TEXT and FORMULA_STARTS.isdisjoint(map(_FIRST, filter(None, column)))
        if not texts and not kinds <= _PLAIN:
            column, untouched = [csv_value(value) for value in column], False
        columns.append(column)
    return batch if untouched else zip(*columns, strict=True)


def stream_csv(headings, rows):
    """Yield a CSV file (UTF-8 with BOM) as text, many lines at a time: headings, then one line per row."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow(headings)
    for batch in _batches(rows):
        writer.writerows(_ready_for_csv(batch))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    if buffer.tell():
        yield buffer.getvalue()


def stream_json(keys, rows):
    """Yield a JSON list of objects with these keys as text, many lines at a time and one object per line."""
    encode = json.JSONEncoder(ensure_ascii=False, default=json_value, separators=(",", ":")).encode
    before = "[\n"
    for batch in _batches(rows):
        yield before + ",\n".join([encode(dict(zip(keys, row, strict=True))) for row in batch])
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def write_xlsx(target, title, headings, rows):
    """Write a plain list as XLSX (openpyxl write-only: constant memory) to a path or binary file."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    sheet.append([WriteOnlyCell(sheet, value=heading) for heading in headings])
    for row in rows:
        sheet.append(
            [
                csv_value(value) if value is None or isinstance(value, (list, tuple)) else safe_text(value)
                for value in row
            ]
        )
    book.save(target)


LINE_HEIGHT = 14  # points of a line of 10-point text


def row_height(least, cells):
    """Points for a row of a printed sheet whose (text, width in characters) cells wrap: all lines of the fullest must show."""
    lines = max(
        sum(max(math.ceil(_wide(line) / (width - 1)), 1) for line in str(text).split("\n")) for text, width in cells
    )
    return max(least, lines * LINE_HEIGHT + 6)


def _wide(line):
    """Width in characters, roughly: a Korean letter takes nearly two digits, a dot or a space half of one."""
    return sum(1.7 if ord(letter) > 0x2E7F else 1 if letter.isalnum() else 0.5 for letter in line)
