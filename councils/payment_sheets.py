"""Lists to pay and sign by: one meeting, all meetings of a month, or those of one body in it. Amounts in whole won."""

from dataclasses import dataclass

import xlsxwriter

from councils import slots
from councils.models import Allowance, Meeting, Membership
from geumcheon.lib import periods
from geumcheon.lib.exports import row_height, safe_text
from geumcheon.lib.text import natural

FONT = "맑은 고딕"
WON = "#,##0_ "
# Heading and width in characters; the list of a month says day and meeting of each row too.
COLUMNS = (
    ("연번", 5), ("날짜", 15), ("회의", 20), ("기구", 21), ("자리", 14), ("이름", 11), ("단가(원)", 11), ("금액(원)", 12), ("서명", 14),
)  # fmt: skip
OF_A_MONTH = ("날짜", "회의")
AMOUNT = "금액(원)"  # the column that is added up
# 실비 has no seat and no name: what for and its formula stand across these.
FORMULA = ("자리", "이름", "단가(원)")
CENTERED = ("연번", "날짜", "이름", "서명", "지급일")
ROW_HEIGHT = 24  # points: room to sign
CM = 1 / 2.54  # inch


@dataclass(frozen=True)
class PaidRow:
    """One line of a list, amount in whole won; `body` and `seat` as on the day of the meeting, `–` when not found."""

    no: int
    day: object
    meeting: str
    body: str
    seat: str
    name: str
    amount_krw: int
    paid_on: object


@dataclass(frozen=True)
class Expense:
    """실비 of a meeting: to whom and what for in words, the amount in whole won, and its page in the admin."""

    meeting: Meeting
    paid_to: str
    description: str
    formula: str
    amount_krw: int
    paid_on: object
    url: str


def expenses_of(meetings):
    """[Expense] of a QuerySet of meetings."""
    return [row for filled in slots.meeting_expenses.collect(meetings) for row in filled]


def title_of(meeting):
    """`2021년 3번째 회의 · 정례회 (금천구협치회의)`."""
    bodies = ", ".join(body.name for body in meeting.bodies.all())
    return f"{meeting.year}년 {meeting.no}번째 회의 · {meeting.kind}{f' ({bodies})' if bodies else ''}"


def of_meeting(meeting):
    """[PaidRow] of a meeting by body, seat and name."""
    return _rows(Allowance.objects.filter(meeting=meeting))


def of_month(first, until, body=None):
    """[PaidRow] of the meetings from the first day of a month until before the next, of one body where one is named.

    A row belongs to the body for whose seat it is paid: the bodies of a joint meeting share its rows and repeat none.
    """
    return _rows(Allowance.objects.filter(meeting__starts_on__gte=first, meeting__starts_on__lt=until), body)


def _rows(allowances, body=None):
    """Four queries, whatever their number."""
    allowances = list(
        allowances.select_related("person", "meeting__kind").prefetch_related("meeting__bodies", "rate__bodies")
    )
    people = {allowance.person_id for allowance in allowances}
    sitting = {}
    memberships = Membership.objects.filter(person__in=people).select_related("body", "seat")
    for membership in memberships.order_by("body__order", "body_id", "seat__order", "pk"):
        sitting.setdefault(membership.person_id, []).append(membership)
    found = [(allowance, _seat_of(allowance, sitting.get(allowance.person_id, []))) for allowance in allowances]
    if body is not None:
        found = [pair for pair in found if pair[1] is not None and pair[1].body_id == body.pk]
    found.sort(key=_order)
    return [
        PaidRow(
            no,
            allowance.meeting.starts_on,
            _short(allowance.meeting),
            membership.body.name if membership else "–",
            membership.seat.label if membership else "–",
            allowance.person.name or "–",
            allowance.amount_krw,
            allowance.paid_on,
        )
        for no, (allowance, membership) in enumerate(found, 1)
    ]


def _short(meeting):
    return f"{meeting.year}-{meeting.no} {meeting.kind}"


def _order(pair):
    allowance, membership = pair
    meeting = allowance.meeting
    seat = (membership.body.order, membership.seat.order) if membership else (9999, 9999)
    return meeting.starts_on, meeting.year, meeting.no, seat, natural(allowance.person.name), allowance.pk


def _seat_of(allowance, memberships):
    """The membership for which somebody is paid: of a body of the meeting that the rate pays, on the day."""
    day, bodies = allowance.meeting.starts_on, {body.pk for body in allowance.meeting.bodies.all()}
    paid = {body.pk for body in allowance.rate.bodies.all()}
    here = [m for m in memberships if m.body_id in bodies and periods.covers(m.starts_on, m.until, day)]
    kinds = allowance.rate.seat_kinds
    # Stable: the bodies' order decides between equals.
    here.sort(key=lambda m: (bool(paid) and m.body_id not in paid, m.seat.kind not in kinds))
    return here[0] if here else None


def write_meeting(target, meeting):
    """The list of one meeting as XLSX, A4 upright, to a path or binary file."""
    hour = f" {meeting.starts_at:%H:%M}" if meeting.starts_at else ""
    lines = [title_of(meeting), f"일시: {periods.day_text(meeting.starts_on)}{hour}", f"장소: {meeting.place or '–'}"]
    columns = [column for column in COLUMNS if column[0] not in OF_A_MONTH]
    rows, expenses = _cells(of_meeting(meeting)), expenses_of(Meeting.objects.filter(pk=meeting.pk))
    title = f"{_paid_words(rows, expenses)} 지급 명세서"
    write_list(
        target, title, lines, columns, rows, count=_count(rows, expenses), expenses=_expense_cells(rows, expenses)
    )


def write_month(target, first, until, body=None):
    """The list of a month, or of one body in it, as XLSX, A4 across, to a path or binary file.

    실비 stands on the list of all bodies alone: it is paid for a meeting, not for somebody's seat in a body.
    """
    rows = of_month(first, until, body)
    month = Meeting.objects.filter(starts_on__gte=first, starts_on__lt=until)
    expenses = expenses_of(month) if body is None else []
    whose = f"{body.name} " if body else ""
    title = f"{first.year}년 {first.month}월 {whose}{_paid_words(rows, expenses)} 지급 명세서"
    met = {row.meeting for row in rows} | {_short(expense.meeting) for expense in expenses}
    lines = [f"회의 {len(met)}건 · 연인원 {len(rows)}명"]
    cells, more = _cells(rows), _expense_cells(rows, expenses)
    write_list(target, title, lines, COLUMNS, cells, count=_count(rows, expenses), across=True, expenses=more)


def _paid_words(rows, expenses):
    return "참석수당" if not expenses else "참석수당·실비" if rows else "실비"


def _count(rows, expenses):
    people = [f"{len(rows)}명"] if rows or not expenses else []
    return ", ".join([*people, f"실비 {len(expenses)}건"] if expenses else people)


def _cells(rows):
    return [
        {
            "연번": row.no, "날짜": periods.day_text(row.day), "회의": row.meeting, "기구": row.body, "자리": row.seat,
            "이름": row.name, "단가(원)": row.amount_krw, AMOUNT: row.amount_krw, "서명": "",
        }
        for row in rows
    ]  # fmt: skip


def _expense_cells(rows, expenses):
    return [
        {
            "연번": no, "날짜": periods.day_text(expense.meeting.starts_on), "회의": _short(expense.meeting),
            "기구": expense.paid_to, FORMULA[0]: f"{expense.description}\n{expense.formula}",
            AMOUNT: expense.amount_krw, "서명": "",
        }
        for no, expense in enumerate(expenses, len(rows) + 1)
    ]  # fmt: skip


def write_list(target, title, lines, columns, rows, *, count, across=False, expenses=()):
    """A list to pay by as XLSX on A4: title, lines below it, a row each, and a living sum of the column AMOUNT.

    columns: (heading, width in characters); rows: {heading: text or whole number}; count: how many, in words for the sum.
    expenses: rows after these, with a heading of their own, whose FORMULA columns are one.
    """
    book = xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_format_properties": {"font_name": FONT, "font_size": 10},
        },
    )
    sheet = book.add_worksheet("지급 명세서")
    head = _head(book, sheet, title, lines, columns)
    after = _body(book, sheet, head, rows, columns)
    if expenses:
        after = _expenses(book, sheet, after, expenses, columns)
    _total(book, sheet, head, after, [*rows, *expenses], columns, count)
    _page(sheet, head, across)
    book.close()


def _form(book, **properties):
    return book.add_format({"valign": "vcenter", "border": 1, "border_color": "#7F8FA6", **properties})


def _head(book, sheet, title, lines, columns):
    """Title, what is paid, and the headings; returns the row of the headings, from 0."""
    last = len(columns) - 1
    form = _form(book, border=0, bold=True, font_size=18, align="center")
    sheet.merge_range(0, 0, 0, last, safe_text(title), form)
    sheet.set_row(0, 36)
    for number, line in enumerate(lines, 1):
        form = _form(book, border=0, font_size=11 if number == 1 else 10, bold=number == 1, text_wrap=True)
        sheet.merge_range(number, 0, number, last, safe_text(line), form)
        sheet.set_row(number, 20)
    head = len(lines) + 1
    form = _form(book, bold=True, align="center", bg_color="#DCE6F2")
    for column, (name, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(head, column, name, form)
    sheet.set_row(head, ROW_HEIGHT)
    return head


def _body(book, sheet, head, rows, columns):
    text, center = _form(book, text_wrap=True, indent=1), _form(book, align="center", text_wrap=True)
    won, count = _form(book, align="right", num_format=WON), _form(book, align="center")
    for number, row in enumerate(rows, head + 1):
        for column, (name, _) in enumerate(columns):
            value = row[name]
            if isinstance(value, int):
                sheet.write_number(number, column, value, count if name == "연번" else won)
            else:
                sheet.write_string(number, column, safe_text(value), center if name in CENTERED else text)
        sheet.set_row(number, row_height(ROW_HEIGHT, [(row[name], width) for name, width in columns]))
    return head + 1 + len(rows)


def _expenses(book, sheet, top, rows, columns):
    """실비 below the people who are paid for attending; returns the row after it."""
    form = _form(book, bold=True, bg_color="#EEF3F9", indent=1)
    sheet.merge_range(top, 0, top, len(columns) - 1, "실비 (누구에게 · 무엇에, 산출식)", form)
    sheet.set_row(top, ROW_HEIGHT)
    names = [name for name, _ in columns]
    first, last = names.index(FORMULA[0]), names.index(FORMULA[-1])
    text = _form(book, text_wrap=True, indent=1)
    _body(book, sheet, top, [row | dict.fromkeys(FORMULA[1:], "") for row in rows], columns)
    across = sum(width for _, width in columns[first : last + 1])
    for number, row in enumerate(rows, top + 1):
        sheet.merge_range(number, first, number, last, safe_text(row[FORMULA[0]]), text)
        own = [(row[name], width) for name, width in columns if name not in FORMULA]
        sheet.set_row(number, row_height(ROW_HEIGHT, [*own, (row[FORMULA[0]], across)]))
    return top + 1 + len(rows)


def _total(book, sheet, head, row, rows, columns, count):
    """A living SUM with the value it has now, so that a preview which does not calculate shows the number."""
    form = {"bold": True, "bg_color": "#C9D8EC"}
    amount = [name for name, _ in columns].index(AMOUNT)
    sheet.merge_range(row, 0, row, amount - 1, f"합계 ({count})", _form(book, align="center", **form))
    first, last = (xlsxwriter.utility.xl_rowcol_to_cell(n, amount) for n in (head + 1, max(row - 1, head + 1)))
    total = sum(r[AMOUNT] for r in rows)
    won = _form(book, align="right", num_format=WON, **form)
    if rows:
        sheet.write_formula(row, amount, f"=SUM({first}:{last})", won, total)
    else:
        sheet.write_number(row, amount, 0, won)
    for column in range(amount + 1, len(columns)):
        sheet.write_blank(row, column, None, _form(book, **form))
    sheet.set_row(row, ROW_HEIGHT)


def _page(sheet, head, across):
    sheet.set_paper(9)
    if across:
        sheet.set_landscape()
    sheet.set_margins(1.5 * CM, 1.5 * CM, 1.5 * CM, 1.5 * CM)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.repeat_rows(head)
    sheet.freeze_panes(head + 1, 0)
    sheet.hide_gridlines(2)
    sheet.set_footer("&C&P / &N", {"margin": 0.6 * CM})
