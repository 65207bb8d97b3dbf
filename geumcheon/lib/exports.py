"""Lists out as CSV, JSON or XLSX from one description: headings plus a row generator (STYLE.md, pretix).

Rows stream: memory does not grow with their number.
"""

import csv
import json
from datetime import date, datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

BOM = "﻿"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_text(value):
    """Text that a spreadsheet would run as a formula gets a leading apostrophe; everything else passes unchanged."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
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


class _Echo:
    """A file that hands back what is written: the csv module then works row by row."""

    def write(self, text):
        return text


def stream_csv(headings, rows):
    """Yield a CSV file (UTF-8 with BOM) as text: headings, then one line per row (a sequence of values)."""
    writer = csv.writer(_Echo())
    yield BOM + writer.writerow(headings)
    for row in rows:
        yield writer.writerow([csv_value(value) for value in row])


def stream_json(keys, rows):
    """Yield a JSON list of objects with these keys, one object per line."""
    encoder = json.JSONEncoder(ensure_ascii=False, default=json_value, separators=(",", ":"))
    before = "[\n"
    for row in rows:
        yield before + encoder.encode(dict(zip(keys, row, strict=True)))
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
