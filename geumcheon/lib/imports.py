"""Lists in from a spreadsheet, built once: read the file, try every row, show what each would do, then do it all or nothing.

An importer names its columns and one function that writes a row; the preview is that same function in a transaction that
is taken back, so that both always agree:

    MEMBERS = Importer("members", "위원 명부", (Column("이름", "name", required=True), …), write=write_row, may=is_secretariat)

Files: .xlsx (first sheet; formulas count with the value last computed) and .csv (UTF-8 or CP949). Errors name row and column.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from openpyxl import load_workbook

from geumcheon.lib.exports import FORMULA_STARTS
from geumcheon.lib.form_fields import FIRST_DAY, LAST_DAY

MAX_ROWS = 2_000
MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 40 * 1024 * 1024
MAX_LINES = 20_000  # of a sheet, empty ones among them
MAX_COLUMNS = 60
MAX_CELL = 2_000  # letters

ADDED, CHANGED, SAME, WRONG = "추가", "변경", "같음", "오류"


# --- cells ----------------------------------------------------------------------------------------------------------


def text(value):
    """The text itself, on one line."""
    return " ".join(value.split())


def whole(value):
    """A whole number of 0 or more."""
    digits = value.replace(",", "").removesuffix("번째").strip()
    if not re.fullmatch(r"[0-9]{1,9}", digits):
        raise ValidationError("0 이상의 정수로 적어 주세요.")
    return int(digits)


def day(value):
    """A day: `2021-05-29`, `2021. 5. 29.`, `2021.5.29`, `2021/5/29` or `20210529`."""
    found = re.fullmatch(r"(\d{4})\s*[-./]\s*(\d{1,2})\s*[-./]\s*(\d{1,2})\.?(\s*\([월화수목금토일]\))?", value)
    found = found or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", value)
    try:
        result = date(*map(int, found.groups()[:3]))
    except (AttributeError, ValueError):
        raise ValidationError(f"날짜로 읽을 수 없습니다: {value[:30]}. 2021-05-29처럼 적어 주세요.") from None
    if not FIRST_DAY <= result <= LAST_DAY:
        raise ValidationError(f"{FIRST_DAY:%Y}년부터 {LAST_DAY:%Y}년 사이의 날을 적어 주세요.")
    return result


def choice(choices):
    """A parser for one of a TextChoices, by its label; gives the value."""
    by_label = {label: value for value, label in choices.choices}

    def parse(value):
        if value not in by_label:
            raise ValidationError(f"{' / '.join(by_label)} 가운데 하나여야 합니다: {value[:30]}")
        return by_label[value]

    return parse


# --- an importer ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A column by its heading. `parse` turns the text of a cell into its value (None for an empty one) or raises
    ValidationError; `example` is what the template's row says in words."""

    heading: str
    key: str
    required: bool = False
    parse: Callable = text
    example: str = ""


@dataclass(frozen=True)
class Importer:
    """One kind of list.

    write(values, params) writes one row and returns (ADDED | CHANGED | SAME, sentence); a ValidationError refuses it, keyed
    by column where it can. may(user) says who imports. after: where the page leads once it is done (a path or None).
    """

    kind: str
    label: str
    columns: tuple
    write: Callable
    may: Callable
    intro: str = ""
    after: Callable = field(default=lambda: None)

    def headings(self):
        return [column.heading for column in self.columns]

    def example(self):
        return [column.example for column in self.columns]


class Refused(Exception):
    """Applying met errors that the preview had not: nothing was written. `rows` carry them."""

    def __init__(self, rows):
        super().__init__("nothing was written")
        self.rows = rows


# --- reading --------------------------------------------------------------------------------------------------------


def read(upload, importer):
    """([{"row": line, "cells": {key: text}}], [headings nobody uses]) of an uploaded file. Raises ValidationError."""
    if upload.size > MAX_BYTES:
        raise ValidationError(
            f"파일이 너무 큽니다({upload.size / 1048576:.1f} MB). {MAX_BYTES // 1048576} MB까지 올릴 수 있습니다."
        )
    content = upload.read()
    if content[:4] == b"PK\x03\x04":
        lines = _xlsx_lines(content)
    elif content[:4] == b"\xd0\xcf\x11\xe0":
        raise ValidationError("옛 엑셀(.xls)이나 한글 파일은 읽지 못합니다. ‘Excel 통합 문서(.xlsx)’로 저장해 주세요.")
    else:
        lines = _csv_lines(content)
    return _rows(lines, importer)


def _xlsx_lines(content):
    """(line number, [cell texts]) of the first sheet."""
    wrong = ValidationError("엑셀 파일로 읽을 수 없습니다. ‘Excel 통합 문서(.xlsx)’로 다시 저장해 주세요.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # zipfile never unpacks more of a part than it declares, so the sum bounds what is read.
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise ValidationError("압축을 풀면 지나치게 커지는 파일입니다.")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # Whatever size the file claims for the sheet is not believed.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), 1):
            yield number, [_cell_text(cell) for cell in cells]
    except ValidationError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken file makes it meet
        raise wrong from error


def _cell_text(value):
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute or value.second) else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _csv_lines(content):
    for encoding in ("utf-8-sig", "cp949"):
        try:
            decoded = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ValidationError("엑셀(.xlsx)이나 CSV 파일이 아닙니다.")
    if "\x00" in decoded:
        raise ValidationError("엑셀(.xlsx)이나 CSV 파일이 아닙니다.")
    reader = csv.reader(io.StringIO(decoded, newline=""))
    try:
        for cells in reader:
            yield reader.line_num, cells[:MAX_COLUMNS]
    except csv.Error as error:
        raise ValidationError(f"CSV 파일의 {reader.line_num}행을 읽을 수 없습니다.") from error


def _clean(cell):
    """A cell without spaces around it and without the sign an export puts before text that looks like a formula."""
    cell = cell.replace("\x00", "").strip()[:MAX_CELL]
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_STARTS else cell


def _rows(lines, importer):
    keys, ignored, rows = None, [], []
    example = [_clean(cell) for cell in importer.example()]
    for number, cells in lines:
        if number > MAX_LINES:
            raise ValidationError("빈 줄이 너무 많습니다. 자료가 있는 줄만 남기고 저장해 주세요.")
        cells = [_clean(cell) for cell in cells]
        if not any(cells):
            continue
        if keys is None:
            keys, ignored = _headings(cells, importer)
            continue
        row = {key: cell for key, cell in zip(keys, cells, strict=False) if key}
        if [row.get(column.key, "") for column in importer.columns] == example:
            continue  # the template's own example
        if len(rows) == MAX_ROWS:
            raise ValidationError(f"한 번에 {MAX_ROWS:,}행까지 올릴 수 있습니다.")
        rows.append({"row": number, "cells": row})
    if keys is None:
        raise ValidationError("빈 파일입니다.")
    if not rows:
        raise ValidationError("제목 줄 아래에 자료가 없습니다.")
    return rows, ignored


def _headings(cells, importer):
    """The key of each column of the file (None for one nobody uses), and the headings nobody uses."""
    by_heading = {column.heading.replace(" ", ""): column.key for column in importer.columns}
    keys = [by_heading.get(cell.replace(" ", "")) for cell in cells]
    used = [key for key in keys if key]
    missing = [c.heading for c in importer.columns if c.required and c.key not in used]
    if missing:
        raise ValidationError(f"첫 줄에 있어야 할 제목이 없습니다: {', '.join(missing)}")
    double = sorted({c.heading for c in importer.columns if used.count(c.key) > 1})
    if double:
        raise ValidationError(f"같은 제목의 열이 두 번 있습니다: {', '.join(double)}")
    return keys, [cell for cell, key in zip(cells, keys, strict=True) if cell and not key]


# --- trying and doing -----------------------------------------------------------------------------------------------


def _write_row(importer, row, params):
    """(effect, sentence, [errors]) of one row, each error naming row and column."""
    values, errors = {}, []
    for column in importer.columns:
        cell = row["cells"].get(column.key, "")
        try:
            if column.required and not cell:
                raise ValidationError("값이 없습니다.")
            values[column.key] = column.parse(cell) if cell else None
        except ValidationError as error:
            errors += [f"{row['row']}행 ‘{column.heading}’: {message}" for message in error.messages]
    if errors:
        return WRONG, "", errors
    try:
        with transaction.atomic():
            return (*importer.write(values, params), [])
    except ValidationError as error:
        return WRONG, "", _named(importer, row, error)


def _named(importer, row, error):
    headings = {column.key: column.heading for column in importer.columns}
    found = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
    return [
        f"{row['row']}행{f' ‘{headings[key]}’' if key in headings else ''}: {message}"
        for key, messages in found.items()
        for message in messages
    ]


def _write_all(importer, rows, params):
    done = []
    for row in rows:
        effect, sentence, errors = _write_row(importer, row, params)
        done.append({**row, "effect": effect, "text": sentence, "errors": errors})
    return done


def preview(importer, rows, params):
    """The rows with `effect`, `text` and `errors` each, as applying would have them now. Writes nothing."""
    with transaction.atomic():
        done = _write_all(importer, rows, params)
        transaction.set_rollback(True)
    return done


def apply(importer, rows, params):
    """Write every row in one transaction; returns them with their effects. Raises Refused when one is refused."""
    with transaction.atomic():
        done = _write_all(importer, rows, params)
        if any(row["errors"] for row in done):
            raise Refused(done)
    return done


def counts(rows):
    """{effect: how many rows}, every effect named."""
    return {effect: sum(row["effect"] == effect for row in rows) for effect in (ADDED, CHANGED, SAME, WRONG)}
