"""The workbook under the budget sheet: formats, cells that carry formula and value, text heights, page set-up.

Amounts on the printed tables are numbers in 천원 (35,400,000 won is the number 35400): what an officer copies is what is read there.
They are formulas over the whole won of the calculation sheets, divided once, so that nothing is rounded; a rest below 1,000 won
shows with three decimals. A number in won shown through the format `#,##0,` would paste a thousand times too large.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter
from django.utils import timezone

from geumcheon.lib.exports import safe_text

FONT = "맑은 고딕"
# `_ ` keeps a blank's width from the border; an indent of right-aligned numbers is not drawn by every LibreOffice.
THOUSAND = WON = '#,##0_ ;-#,##0_ ;"-"_ '
THOUSAND_REST = "#,##0.000_ "
SHARE = '0.0%_ ;-0.0%_ ;"-"_ '
HEAD, TOTAL, SUBTOTAL, PROJECT = "#DCE6F2", "#C9D8EC", "#E4ECF7", "#F3F6FB"
LINE, ROOM = 14.5, 3.0  # points: one line of 10 pt text, room around the lines of a cell
PAPER = (297, 210)  # A4 landscape, mm
MARGIN_X, MARGIN_TOP, MARGIN_BOTTOM = 10, 12, 15  # mm
_POINTS = 72 / 25.4
_BULLET = re.compile(r"^-[\s가-힣]")


@dataclass(frozen=True)
class Live:
    """A formula with the value it has now, so that a preview which does not calculate shows the number."""

    formula: str
    value: object


def quoted(name):
    """A sheet's name inside a formula."""
    return "'" + name.replace("'", "''") + "'"


def criterion(cell, text):
    """A SUMIFS criterion for "equals that cell, which shows this text"; one with wildcards or an operator is spelled out."""
    text = cell_text(text)
    if not re.search(r"[*?~]|^[=<>]", text):
        return cell
    escaped = re.sub(r"([*?~])", r"~\1", text).replace('"', '""')
    return f'"={escaped}"'


def thousand(won):
    """Whole won as the exact number of 천원: 35400000 -> 35400, 1500 -> 1.5."""
    return won // 1000 if won % 1000 == 0 else float(Decimal(won) / 1000)


def cell_text(text):
    """Text that would run as a formula when typed again or saved as CSV gets its apostrophe; a bullet `- 철거` is left alone."""
    return text if _BULLET.match(text) else safe_text(text)


def text_width(text, size=10):
    """Width of a text in units of a column (one digit of the default font, 7 px), rather too wide than too narrow."""
    em = size / 10
    return (
        sum((1.85 if ord(letter) > 0x2E7F else 1.2 if letter.isupper() or letter == "×" else 1.0) for letter in text)
        * em
    )


def line_count(text, width, size=10):
    """How many lines a wrapped text takes in a column of `width`; breaks at spaces, long words where they must."""
    room = max(width - 1, 2)
    count = 0
    for part in text.split("\n"):
        count, used = count + 1, 0.0
        for word in part.split(" "):
            wide = text_width(word, size)
            if used and used + 1 + wide > room:
                count, used = count + 1, 0.0
            used += wide + (1 if used else 0)
            while used > room:
                count, used = count + 1, used - room
    return count


def text_height(text, width, size=10):
    """Height in points that shows a wrapped text whole, as far as a row may be high."""
    return min(line_count(text, width, size) * LINE * size / 10 + ROOM, 400)


def page_height(widths):
    """Points of rows (before scaling to one page's width) that fit on an A4 landscape page of columns this wide."""
    content = sum(width * 7 + 5 for width in widths) * 0.75
    scale = min(1.0, (PAPER[0] - 2 * MARGIN_X) * _POINTS / content)
    return (PAPER[1] - MARGIN_TOP - MARGIN_BOTTOM) * _POINTS / scale * 0.95


class Book:
    """An XlsxWriter workbook with the sheet's formats."""

    def __init__(self, target, data):
        self.data = data
        self.workbook = xlsxwriter.Workbook(
            target,
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                # The width of a column counts digits of the default font: text and columns must grow together where
                # the font is replaced by a wider one.
                "default_format_properties": {"font_name": FONT, "font_size": 10},
            },
        )
        properties = {
            "title": cell_text(data.title),
            "subject": "예산계획",
            "author": data.office,
            "company": "서울특별시 금천구",
        }
        if data.changed_at:  # the same rows give the same file
            properties["created"] = timezone.localtime(data.changed_at).replace(tzinfo=None, microsecond=0)
        self.workbook.set_properties(properties)
        self._formats = {}

    def format(self, **properties):
        """A format, made once: bordered, middle, wrapped 10 pt text unless told otherwise (border=0)."""
        whole = {"valign": "vcenter", "border": 1, "border_color": "#7F8FA6"} | properties
        key = tuple(sorted(whole.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(whole)
        return self._formats[key]

    def sheet(self, name, widths, *, repeat=None, color=None, one_page=False):
        """A worksheet for A4 landscape, one page wide; `repeat` are its heading rows (first, last): frozen, on every page."""
        sheet = self.workbook.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(MARGIN_X / 25.4, MARGIN_X / 25.4, MARGIN_TOP / 25.4, MARGIN_BOTTOM / 25.4)
        sheet.fit_to_pages(1, 1 if one_page else 0)
        sheet.center_horizontally()
        office = self.data.office.replace("&", "&&")
        sheet.set_footer(f'&L&"{FONT}"&8{office}&C&"{FONT}"&8&P / &N&R&"{FONT}"&8&A', {"margin": 0.3})
        sheet.hide_gridlines(2)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        if repeat is not None:
            sheet.repeat_rows(repeat[0], repeat[1])
            sheet.freeze_panes(repeat[1] + 1, 0)
        if color:
            sheet.set_tab_color(color)
        return sheet

    def put(self, sheet, row, column, value, form, *, to=None):
        """Write text, number, Live or None into a cell, or into the merged cells up to `to` = (row, column)."""
        if to and to != (row, column):
            sheet.merge_range(row, column, *to, "", form)
        if value is None:
            sheet.write_blank(row, column, None, form)
        elif isinstance(value, Live):
            sheet.write_formula(row, column, value.formula, form, value.value)
        elif isinstance(value, str):
            sheet.write_string(row, column, cell_text(value), form)
        else:
            sheet.write_number(row, column, value, form)

    def amount(self, value, **properties):
        """The format of a number in 천원; `value` is the number or Live that the cell gets."""
        number = value.value if isinstance(value, Live) else value
        rest = isinstance(number, float) and number % 1
        return self.format(num_format=THOUSAND_REST if rest else THOUSAND, align="right", **properties)

    def show_rests(self, sheet, first, last):
        """Keep won below 1,000 visible in cells (row, column) to (row, column) after somebody edits an amount."""
        corner = xlsxwriter.utility.xl_rowcol_to_cell(*first)
        rest = self.workbook.add_format({"num_format": THOUSAND_REST})
        rule = {
            "type": "formula",
            "criteria": f"=IF(ISNUMBER({corner}),MOD(ROUND({corner},3),1)<>0,FALSE)",
            "format": rest,
        }
        sheet.conditional_format(*first, *last, rule)

    def title(self, sheet, text, unit, widths):
        """The heading line of a table with columns of these widths: title left, unit right."""
        split = len(widths) - 1
        while split > 1 and sum(widths[split:]) < text_width(unit) + 4:
            split -= 1
        sheet.set_row(0, max(28, text_height(text, sum(widths[:split]), 15)))
        self.put(sheet, 0, 0, text, self.format(border=0, bold=True, font_size=15, text_wrap=True), to=(0, split - 1))
        form = self.format(border=0, align="right", valign="bottom", font_color="#505A66")
        self.put(sheet, 0, split, unit, form, to=(0, len(widths) - 1))

    def heads(self, sheet, row, names, **properties):
        """A row of column headings."""
        form = self.format(bold=True, align="center", text_wrap=True, bg_color=HEAD, **properties)
        for column, name in enumerate(names):
            self.put(sheet, row, column, name, form)
