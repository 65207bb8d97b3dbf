"""의제별 예산계획 in the plan's layout: project, 편성목 and 통계목 merged, each line of 산출내역 in its own row.

Money stands once, on the first row of each 통계목 inside a project (천원). 계, 소계 and 총계 are SUBTOTALs over everything below them;
SUBTOTAL leaves out other SUBTOTALs in its range, so nothing is counted twice and a row put in between is counted.
A project that is longer than a page is continued there: its names are repeated with (계속), its money is not.
"""

from dataclasses import dataclass, field
from itertools import groupby

from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell

from budgets.models import Funding
from budgets.sheets.book import PROJECT, SUBTOTAL, TOTAL, WON, Live, page_height, quoted, text_height, thousand

NAME = "의제별 예산계획"
WIDTHS = [16, 12, 14, 34, 32, 13, 11, 11, 11, 10]
PROJECT_COLUMN, GROUP_COLUMN, ITEM, DESCRIPTION, WRITTEN, WON_COLUMN, CITY, DISTRICT, ALL, NOTE = range(10)
TOP = 4  # row of 총계; the rows above are title and headings
HEAD_HEIGHT = 20


@dataclass
class Row:
    """A printed row before it is written. `kind`: total, group, project, heading, line or empty."""

    kind: str
    height: float = 20
    sums: object = None
    text: str = ""
    written: str = ""
    amount: Live | int | None = None
    indent: int = 0
    note: str = ""
    block: object = None
    start: int = 0  # index of the block's first line inside its project
    opens: bool = False  # the block's first row: its name and money stand here
    below: int = 0  # how many rows below a total it covers
    project: object = None
    part: int = 0  # 0, and one more on each page a long project is continued on


@dataclass
class Layout:
    """The rows in order, and before which of them a page breaks (sheet rows)."""

    rows: list[Row] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)

    @property
    def last(self):
        return TOP + len(self.rows) - 1

    def column(self, column):
        """Absolute reference to the money or 통계목 cells of the whole table, for sums elsewhere in the book."""
        return f"{quoted(NAME)}!{xl_range_abs(TOP, column, self.last, column)}"

    def total_cell(self, column):
        return f"{quoted(NAME)}!{xl_rowcol_to_cell(TOP, column, row_abs=True, col_abs=True)}"


def lay_out(data, places):
    """The table's Layout: which rows there are, how high, and where pages break."""
    layout = Layout([Row("total", 24, data.sums)])
    page = _Page(used=24 + 30)
    for group in data.groups:
        head, number = Row("group", 24, group.sums, group.name), layout.last + 1
        layout.rows.append(head)
        for project in group.projects:
            unit = _project_rows(project, places[project.number])
            _paginate(layout, page, unit, 24 if project is group.projects[0] else 0)
            layout.rows.extend(unit)
        head.below = layout.last - number
    layout.rows[0].below = layout.last - TOP
    return layout


@dataclass
class _Page:
    """How much of the present page is used, in points before scaling."""

    used: float
    room: float = page_height(WIDTHS) - 2 * HEAD_HEIGHT


def _paginate(layout, page, unit, before):
    """Keep a project on one page (with its group's row, `before` points); one longer than a page is continued on the next."""
    height = sum(row.height for row in unit)
    if page.used + before + height > page.room and (height + before <= page.room or page.used > page.room * 0.6):
        if page.used > 24 + 30:
            layout.breaks.append(TOP + len(layout.rows) - (1 if before else 0))
            page.used = 0
    page.used += before
    part = 0
    for index, row in enumerate(unit):
        # A heading or the project's own row never stands alone at the foot of a page.
        needed = row.height + (
            unit[index + 1].height if row.kind in ("project", "heading") and index + 1 < len(unit) else 0
        )
        if page.used + needed > page.room and index:
            layout.breaks.append(TOP + len(layout.rows) + index)
            page.used, part = 0, part + 1
        row.part = part
        page.used += row.height


def _project_rows(project, place):
    rows = [Row("project", 20, project.sums, project.name, project=project)]
    index = 0
    for block in project.blocks:
        start, heading = index, ""
        for line in block.lines:
            if line.heading and line.heading != heading:
                height = max(17.5, text_height(line.heading, sum(WIDTHS[DESCRIPTION:CITY])))
                rows.append(Row("heading", height, text=line.heading, block=block, start=start))
            heading = line.heading
            rows.append(_line_row(line, block, start, Live(f"={place.amount_cell(index)}", line.amount)))
            index += 1
        next(row for row in rows if row.block is block).opens = True
    if index == 0:
        rows.append(Row("empty", text="산출내역이 없습니다."))
    for row in rows:
        row.project = project
    rows[0].below = len(rows) - 1
    _make_room(rows, project)
    return rows


def _line_row(line, block, start, amount):
    indent = 1 if line.heading else 0
    heights = [
        text_height(line.text, WIDTHS[DESCRIPTION] - 2 * indent), text_height(line.formula, WIDTHS[WRITTEN]),
        text_height(line.reason, WIDTHS[NOTE]),
    ]  # fmt: skip
    return Row(
        "line", max(17.5, *heights), text=line.text, written=line.formula, amount=amount, indent=indent, note=line.reason,
        block=block, start=start,
    )  # fmt: skip


def _make_room(rows, project):
    """Raise rows so that the merged names beside them show whole."""
    spans = [(rows, project.name, PROJECT_COLUMN)]
    body = [row for row in rows if row.block]
    for group, members in groupby(body, key=lambda row: row.block.item.group):
        spans.append((list(members), group, GROUP_COLUMN))
    for _, members in groupby(body, key=lambda row: id(row.block)):
        members = list(members)
        spans.append((members, members[0].block.item.name, ITEM))
    for members, text, column in reversed(spans):
        missing = text_height(text, WIDTHS[column]) - sum(row.height for row in members)
        if missing > 0:
            for row in members[-1:] if members[0].kind == "project" else members:
                row.height += missing / (1 if members[0].kind == "project" else len(members))


def write(book, layout, places):
    """Add the sheet."""
    sheet = book.sheet(NAME, WIDTHS, repeat=(2, 3), color="#256EF4")
    book.title(sheet, "의제별 예산계획", "(단위: 천원, 산출내역의 금액은 원)", WIDTHS)
    sheet.set_row(1, 4)
    _heads(book, sheet)
    for row_number, row in enumerate(layout.rows, TOP):
        sheet.set_row(row_number, row.height)
        _WRITERS[row.kind](book, sheet, row_number, row)
    body = [(number, row) for number, row in enumerate(layout.rows, TOP) if row.project]
    for _, members in groupby(body, key=lambda pair: (pair[1].project.number, pair[1].part)):
        _names(book, sheet, list(members))
    for _, members in groupby(
        [pair for pair in body if pair[1].block], key=lambda pair: (id(pair[1].block), pair[1].part)
    ):
        _money(book, sheet, list(members), places)
    sheet.set_h_pagebreaks(layout.breaks)
    sheet.print_area(0, 0, layout.last, len(WIDTHS) - 1)
    book.show_rests(sheet, (TOP, CITY), (layout.last, ALL))


def _heads(book, sheet):
    form = book.format(bold=True, align="center", text_wrap=True, bg_color="#DCE6F2")
    for row in (2, 3):
        sheet.set_row(row, HEAD_HEIGHT)
    for column, name in {
        PROJECT_COLUMN: "사업명",
        CITY: "시 보조금",
        DISTRICT: "구비",
        ALL: "총사업비",
        NOTE: "비고",
    }.items():
        book.put(sheet, 2, column, name, form, to=(3, column))
    book.put(sheet, 2, GROUP_COLUMN, "예산과목", form, to=(2, ITEM))
    book.put(sheet, 2, DESCRIPTION, "산출내역", form, to=(2, WON_COLUMN))
    for column, name in {
        GROUP_COLUMN: "편성목", ITEM: "통계목", DESCRIPTION: "내역", WRITTEN: "산출식", WON_COLUMN: "금액(원)"
    }.items():  # fmt: skip
        book.put(sheet, 3, column, name, form)


def _sums_row(book, sheet, number, row, color):
    for column, won in ((CITY, row.sums.city), (DISTRICT, row.sums.district), (ALL, row.sums.total)):
        covered = xl_range(number + 1, column, number + max(row.below, 1), column)
        live = Live(f"=SUBTOTAL(9,{covered})", thousand(won))
        book.put(sheet, number, column, live, book.amount(live, bold=True, bg_color=color))
    book.put(sheet, number, NOTE, None, book.format(bg_color=color))


def _total(book, sheet, number, row):
    form = book.format(bold=True, align="center", bg_color=TOTAL, font_size=11)
    book.put(sheet, number, 0, "총계", form, to=(number, WON_COLUMN))
    _sums_row(book, sheet, number, row, TOTAL)


def _group(book, sheet, number, row):
    form = book.format(bold=True, align="center", bg_color=SUBTOTAL)
    book.put(sheet, number, 0, f"{row.text} 소계", form, to=(number, WON_COLUMN))
    _sums_row(book, sheet, number, row, SUBTOTAL)


def _project(book, sheet, number, row):
    form = book.format(bold=True, align="center", bg_color=PROJECT)
    book.put(sheet, number, GROUP_COLUMN, "계", form, to=(number, WON_COLUMN))
    _sums_row(book, sheet, number, row, PROJECT)


def _heading(book, sheet, number, row):
    book.put(sheet, number, DESCRIPTION, row.text, book.format(bold=True, text_wrap=True), to=(number, WON_COLUMN))
    book.put(sheet, number, NOTE, None, book.format())


def _line(book, sheet, number, row):
    book.put(sheet, number, DESCRIPTION, row.text, book.format(text_wrap=True, indent=row.indent))
    book.put(sheet, number, WRITTEN, row.written, book.format(text_wrap=True))
    book.put(sheet, number, WON_COLUMN, row.amount, book.format(num_format=WON, align="right"))
    book.put(sheet, number, NOTE, row.note, book.format(text_wrap=True))


def _empty(book, sheet, number, row):
    book.put(sheet, number, GROUP_COLUMN, row.text, book.format(align="center"), to=(number, WON_COLUMN))
    for column in (CITY, DISTRICT, ALL, NOTE):
        book.put(sheet, number, column, None, book.format())


_WRITERS = {"total": _total, "group": _group, "project": _project, "heading": _heading, "line": _line, "empty": _empty}


def _continued(text, row):
    return f"{text} (계속)" if row.part else text


def _names(book, sheet, members):
    """The project's name and its 편성목 beside the rows of one page."""
    form = book.format(bold=True, align="center", text_wrap=True)
    (first, row), (last, _) = members[0], members[-1]
    book.put(sheet, first, PROJECT_COLUMN, _continued(row.project.name, row), form, to=(last, PROJECT_COLUMN))
    middle = book.format(align="center", text_wrap=True)
    for group, rows in groupby([pair for pair in members if pair[1].block], key=lambda pair: pair[1].block.item.group):
        rows = list(rows)
        book.put(sheet, rows[0][0], GROUP_COLUMN, group, middle, to=(rows[-1][0], GROUP_COLUMN))


def _money(book, sheet, members, places):
    """The 통계목 and its money beside the rows of one page; on a continued page the name again and no money."""
    (first, row), (last, _) = members[0], members[-1]
    block, middle = row.block, book.format(align="center", text_wrap=True)
    name = block.item.name if row.opens else f"{block.item.name} (계속)"
    book.put(sheet, first, ITEM, name, middle, to=(last, ITEM))
    place, sums = places[row.project.number], block.sums
    city = Live(place.sum_in_thousand(row.start, len(block.lines), Funding.CITY), thousand(sums.city))
    district = Live(place.sum_in_thousand(row.start, len(block.lines), Funding.DISTRICT), thousand(sums.district))
    cells = (xl_rowcol_to_cell(first, column) for column in (CITY, DISTRICT))
    both = Live("=ROUND({}+{},3)".format(*cells), thousand(sums.total))
    for column, live in ((CITY, city), (DISTRICT, district), (ALL, both)):
        value = live if row.opens else None
        book.put(sheet, first, column, value, book.amount(value, bold=True), to=(last, column))
