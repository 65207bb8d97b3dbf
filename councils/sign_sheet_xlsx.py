"""The list to sign as XLSX: A4 upright, one page wide, its head on every page."""

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from geumcheon.lib import periods
from geumcheon.lib.exports import row_height, safe_text

HEADINGS = ("번호", "기구", "자리", "이름", "직", "서명")
WIDTHS = (5, 20, 16, 12, 10, 17)  # characters: the 180 mm between the margins without shrinking
HEAD_ROW = 5
FONT = "맑은 고딕"  # also the face of the Normal style, by which columns are measured
ROW_HEIGHT = 24  # points: 25 rows and the head fill one page
FIRST_PAGE = 26 * ROW_HEIGHT  # points below the headings
LEAST_GUESTS = 5
INCH = 1 / 2.54  # of a centimetre

_thin = Side(style="thin", color="999999")
_box = Border(left=_thin, right=_thin, top=_thin, bottom=_thin)
_middle = Alignment(horizontal="center", vertical="center", wrap_text=True, shrink_to_fit=False)
_left = Alignment(horizontal="left", vertical="center", wrap_text=True)
_cell = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)


def write(target, meeting, rows, guests):
    """Write the sheet to a path or binary file. Text a spreadsheet would run as a formula is disarmed."""
    book = Workbook()
    book._named_styles["Normal"].font = Font(name=FONT, size=10)
    sheet = book.active
    sheet.title = "참석부"
    _head(sheet, meeting)
    for row in rows:
        _line(sheet, [row.no, row.body, row.seat, row.name, row.office, ""])
    for number in _that_fit(sheet, guests):
        _line(sheet, [number, "", "", "", "", ""])
    _page(sheet)
    book.save(target)


def _that_fit(sheet, guests):
    """The empty rows that the first page still holds where that are enough; long names take more room than one row each."""
    used = sum(sheet.row_dimensions[number].height for number in range(HEAD_ROW + 1, sheet.max_row + 1))
    room = int((FIRST_PAGE - used) // ROW_HEIGHT)
    return guests[:room] if room >= LEAST_GUESTS else guests


def _head(sheet, meeting):
    bodies = ", ".join(body.name for body in meeting.bodies.all())
    hour = f" {meeting.starts_at:%H:%M}" if meeting.starts_at else ""
    lines = [
        "참석부",
        safe_text(f"{meeting.kind}{f' ({bodies})' if bodies else ''}"),
        f"일시: {periods.day_text(meeting.starts_on)}{hour}",
        safe_text(f"장소: {meeting.place}"),
    ]
    for number, text in enumerate(lines, 1):
        sheet.append([text])
        sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=len(HEADINGS))
        cell = sheet.cell(number, 1)
        cell.alignment = _middle if number <= 2 else _left
        cell.font = Font(name=FONT, size={1: 18, 2: 12}.get(number, 10), bold=number <= 2)
        sheet.row_dimensions[number].height = {1: 32, 2: 22}.get(number, 16)
    sheet.append(HEADINGS)
    for cell in sheet[HEAD_ROW]:
        cell.font, cell.alignment, cell.border = Font(name=FONT, bold=True, size=10), _middle, _box
        cell.fill = PatternFill("solid", fgColor="EEEEEE")
    sheet.row_dimensions[HEAD_ROW].height = ROW_HEIGHT


def _line(sheet, values):
    sheet.append([safe_text(value) for value in values])
    number = sheet.max_row
    for cell in sheet[number]:
        cell.border, cell.font = _box, Font(name=FONT, size=10)
        cell.alignment = _cell if cell.column in (2, 3) else _middle
    sheet.row_dimensions[number].height = row_height(ROW_HEIGHT, list(zip(values, WIDTHS, strict=True)))


def _page(sheet):
    for letter, width in zip("ABCDEF", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    sheet.freeze_panes = f"A{HEAD_ROW + 1}"
    setup = sheet.page_setup
    setup.orientation, setup.paperSize = "portrait", sheet.PAPERSIZE_A4
    setup.fitToWidth, setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = 1.5 * INCH
    margins.top = margins.bottom = 1.5 * INCH
    margins.header = margins.footer = 0.6 * INCH
    sheet.oddFooter.center.text = "&P / &N"
    sheet.print_options.horizontalCentered = True
