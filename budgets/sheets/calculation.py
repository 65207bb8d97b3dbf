"""One calculation sheet per project: every line with its factors in cells, the live product, the amount and the difference.

A line's amount is the product cell itself where the portal's formula check agrees, so that a changed factor changes every total of
the book; it is a plain number where a line has no calculation or an officer recorded why it differs. The difference is amount minus
product: 0 until somebody types over an amount.
"""

from dataclasses import dataclass

from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell

from budgets import formula as formulas
from budgets.models import Funding
from budgets.sheets.book import HEAD, TOTAL, WON, Live, quoted, text_height

ITEM, FUNDING, HEADING, DESCRIPTION, WRITTEN, FACTORS = 1, 2, 3, 4, 5, 6
FIRST = 3  # row of the first line
LEFT = {"편성목": 11, "통계목": 16, "재원": 6, "묶음": 16, "내역": 30, "산출식(적은 그대로)": 31}
RIGHT = {"계산액": 12, "예산액": 13, "차이": 10, "비고": 10}


@dataclass(frozen=True)
class Place:
    """Where a project's calculation stands: sheet name, number of factor columns, number of rows for lines (at least 1)."""

    sheet: str
    factors: int
    rows: int

    @property
    def product(self):
        return FACTORS + self.factors

    @property
    def amount(self):
        return self.product + 1

    @property
    def difference(self):
        return self.product + 2

    @property
    def last(self):
        return FIRST + self.rows - 1

    def amount_cell(self, index):
        """Reference to the amount (won) of a project's line, counted from 0."""
        return f"{quoted(self.sheet)}!{xl_rowcol_to_cell(FIRST + index, self.amount)}"

    def sum_in_thousand(self, first, count, funding):
        """A formula: the money of one funding in the lines first … first+count-1, in 천원, exact."""
        rows = FIRST + first, FIRST + first + count - 1
        amounts = f"{quoted(self.sheet)}!{xl_range_abs(rows[0], self.amount, rows[1], self.amount)}"
        fundings = f"{quoted(self.sheet)}!{xl_range_abs(rows[0], FUNDING, rows[1], FUNDING)}"
        return f'=SUMIFS({amounts},{fundings},"{funding}")/1000'


def places(data):
    """{project number: Place}; a sheet has as many factor columns as its longest calculation, at least 3."""
    return {project.number: _place(project) for project in data.projects}


def _place(project):
    checks = [formulas.check(line.formula, line.amount) for line in project.lines]
    factors = max([3, *(len(check.formula.factors) for check in checks if check.formula)])
    return Place(f"산출내역 {project.number}", factors, max(len(project.lines), 1))


def left_widths(project):
    """Widths of the columns before the factors; a project without headings leaves their room to the descriptions."""
    widths = list(LEFT.values())
    if not any(line.heading for line in project.lines):
        widths[HEADING], widths[DESCRIPTION] = widths[HEADING] - 9, widths[DESCRIPTION] + 9
    return widths


def write(book, project, place):
    """Add the calculation sheet of a project."""
    names = [*LEFT, *(f"항 {i}" for i in range(1, place.factors + 1)), *RIGHT]
    left = left_widths(project)
    widths = [*left, *[11] * place.factors, *RIGHT.values()]
    sheet = book.sheet(place.sheet, widths, repeat=(FIRST - 1, FIRST - 1))
    book.title(sheet, f"산출내역 {project.number}. {project.name}", "(단위: 원)", widths)
    about = [("주무부서", ", ".join(project.offices)), ("추진분과", project.bodies)]
    subtitle = " · ".join(f"{label} {text}" for label, text in about if text)
    book.put(sheet, 1, 0, subtitle, book.format(border=0, font_color="#505A66"), to=(1, len(names) - 3))
    sheet.set_row(1, 18)
    sheet.set_row(2, 22)
    book.heads(sheet, 2, names)
    row = FIRST
    for block in project.blocks:
        for line in block.lines:
            _line(book, sheet, row, block.item, line, place, left)
            row += 1
    if row == FIRST:
        book.put(sheet, row, 0, "산출내역이 없습니다.", book.format(align="center"), to=(row, place.difference + 1))
        sheet.set_row(row, 24)
    _totals(book, sheet, project, place)
    red = book.workbook.add_format({"bg_color": "#FBD5D0", "font_color": "#8A240F"})
    rule = {"type": "cell", "criteria": "!=", "value": 0, "format": red}
    sheet.conditional_format(FIRST, place.difference, place.last + 3, place.difference, rule)
    sheet.print_area(0, 0, place.last + 3, len(names) - 1)


def _line(book, sheet, row, item, line, place, widths):
    text = book.format(text_wrap=True)
    middle = book.format(text_wrap=True, align="center")
    check = formulas.check(line.formula, line.amount)
    note = line.reason or ("산출식을 읽을 수 없습니다." if check.state == "invalid" else "")
    for column, (value, form) in enumerate(
        [
            (item.group, middle), (item.name, middle), (line.funding, middle), (line.heading, text),
            (line.text, text), (line.formula, text),
        ]
    ):  # fmt: skip
        book.put(sheet, row, column, value, form)
    _numbers(book, sheet, row, line, check, place)
    book.put(sheet, row, place.difference + 1, note, text)
    texts = [
        (item.group, 0),
        (item.name, 1),
        (line.heading, HEADING),
        (line.text, DESCRIPTION),
        (line.formula, WRITTEN),
    ]
    heights = [text_height(value, widths[column]) for value, column in texts]
    sheet.set_row(row, max(18, *heights, text_height(note, RIGHT["비고"])))


def _numbers(book, sheet, row, line, check, place):
    money = book.format(num_format=WON, align="right")
    strong = book.format(num_format=WON, align="right", bold=True)
    factors = check.formula.factors if check.formula else ()
    for i in range(place.factors):
        if i < len(factors):
            value, form = _factor(book, factors[i])
            book.put(sheet, row, FACTORS + i, value, form)
        else:
            book.put(sheet, row, FACTORS + i, None, money)
    product, amount = (xl_rowcol_to_cell(row, column) for column in (place.product, place.amount))
    value = difference = None
    if factors:
        live = f"=ROUND(PRODUCT({xl_range(row, FACTORS, row, FACTORS + place.factors - 1)}),0)"
        value = Live(live, check.product)
        difference = Live(f"={amount}-{product}", line.amount - check.product)
    agrees = bool(factors) and line.amount == check.product
    book.put(sheet, row, place.product, value, money)
    book.put(sheet, row, place.amount, Live(f"={product}", line.amount) if agrees else line.amount, strong)
    book.put(sheet, row, place.difference, difference, money)


def _factor(book, factor):
    """(number, format) of a factor's cell: the number an officer may change, shown with its label and unit (25명, 투입율15%)."""
    label = factor.label.replace('"', "")
    if factor.unit == "%":
        value, unit = factor.value, ""
    else:
        value, unit = factor.value, "원" if factor.is_money else factor.unit
    shown = value * 100 if factor.unit == "%" else value
    decimals = next((n for n in range(6) if (shown * 10**n).denominator == 1), 6)
    digits = "." + "0" * decimals if decimals else ""
    body = f"0{digits}%" if factor.unit == "%" else f"#,##0{digits}"
    form = f'"{label}"{body}' if label else body
    form += f'"{unit}"_ ' if unit else "_ "
    number = value.numerator if value.denominator == 1 else float(value)
    return number, book.format(num_format=form, align="right", font_color="#1F3F8F")


def _totals(book, sheet, project, place):
    """City, district and all money of the project, in won, below its lines."""
    amounts = xl_range(FIRST, place.amount, place.last, place.amount)
    fundings = xl_range(FIRST, FUNDING, place.last, FUNDING)
    differences = xl_range(FIRST, place.difference, place.last, place.difference)
    sums = project.sums
    gap = sum(check.difference or 0 for check in (formulas.check(line.formula, line.amount) for line in project.lines))
    rows = [
        ("시비", Live(f'=SUMIFS({amounts},{fundings},"{Funding.CITY}")', sums.city), None, HEAD),
        ("구비", Live(f'=SUMIFS({amounts},{fundings},"{Funding.DISTRICT}")', sums.district), None, HEAD),
        ("계", Live(f"=SUM({amounts})", sums.total), Live(f"=SUM({differences})", gap), TOTAL),
    ]
    for offset, (label, amount, difference, color) in enumerate(rows, 1):
        row = place.last + offset
        sheet.set_row(row, 22)
        book.put(sheet, row, 0, label, book.format(bold=True, align="center", bg_color=color), to=(row, place.product))
        money = book.format(bold=True, num_format=WON, align="right", bg_color=color)
        book.put(sheet, row, place.amount, amount, money)
        book.put(sheet, row, place.difference, difference, money)
        book.put(sheet, row, place.difference + 1, None, money)
