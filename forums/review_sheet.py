"""검토 목록 as XLSX: A4 lying, one page wide, its head on every page; filled in, it comes back by forums.review_import.

The headings are the first row, so that the sheet is read as it was written; the title stands in the page's head.
"""

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation

from forums import trail
from forums.models import Criterion, Move
from geumcheon.lib import clock
from geumcheon.lib.exports import safe_text
from geumcheon.lib.text import join

# (heading, width in characters, filled in by the reviewer)
COLUMNS = (
    ("연번", 5, False), ("제안 열쇠", 9, False), ("제안사업명", 28, False), ("단계", 11, False), ("검토부서", 13, False),
    ("신청 사업비(천원)", 15, False), ("조정 사업비(천원)", 15, True), ("결과", 12, True), ("검토 기준", 26, True), ("의견", 28, True),
    ("기한", 11, False),
)  # fmt: skip
FONT = "맑은 고딕"
INCH = 1 / 2.54  # of a centimetre
MONEY = "#,##0;[Red]-#,##0"

_thin = Side(style="thin", color="999999")
_box = Border(left=_thin, right=_thin, top=_thin, bottom=_thin)
_middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
_left = Alignment(horizontal="left", vertical="center", wrap_text=True)
_right = Alignment(horizontal="right", vertical="center")
_fill_in = PatternFill("solid", fgColor="FFF8E1")


def token(proposal):
    """What names a proposal and its version in a sheet: `12-3`."""
    return f"{proposal.pk}-{proposal.version}"


def write(target, proposals):
    """Write the sheet of proposals to a path or binary file. Text a spreadsheet would run as a formula is disarmed."""
    stages = {p.stage_id for p in proposals}
    criteria, choices = {}, {}
    for criterion in Criterion.objects.filter(stage__in=stages).order_by("order", "pk"):
        criteria.setdefault(criterion.stage_id, []).append(criterion.name)
    for way in Move.objects.filter(stage__in=stages).order_by("pk"):
        choices.setdefault(way.stage_id, []).append(way.get_outcome_display())
    book = Workbook()
    book._named_styles["Normal"].font = Font(name=FONT, size=10)
    sheet = book.active
    sheet.title = "검토 목록"
    _head(sheet)
    for number, proposal in enumerate(proposals, 1):
        _line(sheet, number, proposal, criteria.get(proposal.stage_id, []))
    _outcome_lists(sheet, proposals, choices)
    _page(sheet, len(proposals))
    book.save(target)


def _head(sheet):
    sheet.append([heading for heading, _, _ in COLUMNS])
    for cell in sheet[1]:
        cell.font, cell.alignment, cell.border = Font(name=FONT, bold=True, size=10), _middle, _box
        cell.fill = PatternFill("solid", fgColor="EEEEEE")
    sheet.row_dimensions[1].height = 32


def _line(sheet, number, proposal, criteria):
    due = trail.due_of(proposal)
    asked = join([f"{name}: " for name in criteria])
    department = str(proposal.department or proposal.departments_text)
    requested = None if proposal.requested_krw is None else thousands(proposal.requested_krw)
    values = [
        number, token(proposal), safe_text(proposal.title), safe_text(proposal.stage.name), safe_text(department), requested,
        None, None, safe_text(asked), None, due.isoformat() if due else None,
    ]  # fmt: skip
    sheet.append(values)
    row = sheet.max_row
    for cell, (_, _, filled) in zip(sheet[row], COLUMNS, strict=True):
        cell.border, cell.font, cell.alignment = _box, Font(name=FONT, size=10), _left
        if filled:
            cell.fill = _fill_in
        if cell.column in (1, 2, 4, 8, 11):
            cell.alignment = _middle
        if cell.column in (6, 7):
            cell.alignment, cell.number_format = _right, MONEY
    lines = max(len(criteria), -(-len(proposal.title) // 15), 2)
    sheet.row_dimensions[row].height = 15 * lines + 6


def thousands(won):
    """Won in 천원: a whole number, or with decimals where a rest is left."""
    return won // 1000 if won % 1000 == 0 else won / 1000


def _outcome_lists(sheet, proposals, choices):
    """A list to pick the outcome from, by stage."""
    lists = {}
    for row, proposal in enumerate(proposals, 2):
        names = ",".join(choices.get(proposal.stage_id, []))
        if not names:
            continue
        if names not in lists:
            lists[names] = DataValidation(type="list", formula1=f'"{names}"', allow_blank=True)
            sheet.add_data_validation(lists[names])
        lists[names].add(f"H{row}")


def _page(sheet, count):
    for column, (_, width, _) in zip("ABCDEFGHIJK", COLUMNS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.print_title_rows = "1:1"
    sheet.freeze_panes = "D2"
    setup = sheet.page_setup
    setup.orientation, setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    setup.fitToWidth, setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = 1.2 * INCH
    margins.top, margins.bottom = 2.0 * INCH, 1.5 * INCH
    margins.header = margins.footer = 0.8 * INCH
    sheet.oddHeader.center.text = f'&"{FONT},Bold"&16제안 검토 목록'
    sheet.oddHeader.right.text = f"{count}건 · {clock.today():%Y. %-m. %-d.}"
    sheet.oddFooter.center.text = "&P / &N"
    sheet.print_options.horizontalCentered = True
