"""Cover, nature, financing and 통계목 summary: short tables over the money of the 의제별 예산계획 (천원).

The chain is one way: calculation sheets -> 의제별 예산계획 -> 통계목 집계 -> 성격별 and 재원별 -> cover.
"""

from fractions import Fraction

from django.utils import timezone
from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell

from budgets.models import Nature
from budgets.sheets import agenda
from budgets.sheets.book import HEAD, SHARE, TOTAL, Live, criterion, quoted, text_height, thousand
from budgets.sheets.data import Sums, add
from geumcheon.lib.money import round_half_up

COVER, NATURE, FINANCING, ITEMS = "표지", "성격별", "재원별", "통계목 집계"
MONEY = ("시 보조금", "구비", "총사업비")
ITEM_WIDTHS = [20, 24, 10, 24, 16, 16, 16, 12]
ITEM_FIRST = 3
FINANCE_WIDTHS = [28, 18, 11, 20, 11, 18, 11]
FINANCE_FIRST = 4


def share(part, whole):
    """A share as a number of three decimals (0.148), half up; "–" of nothing."""
    return float(round_half_up(Fraction(part, whole), 3)) if whole else "–"


def live_share(part, whole, part_won, whole_won):
    """The share of one cell in another, as Live."""
    return Live(f'=IF({whole}=0,"–",ROUND({part}/{whole},3))', share(part_won, whole_won))


def _triple(sums):
    return sums.city, sums.district, sums.total


# --- 통계목 집계 ----------------------------------------------------------------------------------------------------
def items_last(data):
    """Last row with a 통계목; the total follows."""
    return ITEM_FIRST + max(len(data.items()), 1) - 1


def write_items(book, data, layout):
    """통계목 집계: each 통계목 over all projects, by SUMIFS over the 의제별 예산계획."""
    sheet = book.sheet(ITEMS, ITEM_WIDTHS, repeat=(2, 2))
    book.title(sheet, "통계목 집계", "(단위: 천원)", ITEM_WIDTHS)
    sheet.set_row(1, 4)
    sheet.set_row(2, 24)
    book.heads(sheet, 2, ["편성목", "통계목", "성격", "예산과목(재원별)", *MONEY, "비율"])
    last, total = items_last(data), items_last(data) + 1
    text, middle = book.format(text_wrap=True), book.format(align="center")
    for row, (item, sums) in enumerate(data.items(), ITEM_FIRST):
        names = (item.group, item.name, item.summary)
        sheet.set_row(row, max(22, *(text_height(name, 20) for name in names)))
        for column, value in enumerate([item.group, item.name, item.nature, item.summary]):
            book.put(sheet, row, column, value, middle if column == 2 else text)
        match = f"{layout.column(agenda.ITEM)},{criterion(f'$B{row + 1}', item.name)}"
        for column, source, won in zip(
            (4, 5, 6), (agenda.CITY, agenda.DISTRICT, agenda.ALL), _triple(sums), strict=True
        ):
            live = Live(f"=ROUND(SUMIFS({layout.column(source)},{match}),3)", thousand(won))
            book.put(sheet, row, column, live, book.amount(live))
        _share_cell(book, sheet, row, 7, (row, 6), (total, 6), sums.total, data.sums.total)
    if not data.items():
        book.put(sheet, ITEM_FIRST, 0, "산출내역이 없습니다.", middle, to=(ITEM_FIRST, 7))
    sheet.set_row(total, 24)
    book.put(sheet, total, 0, "총계", book.format(bold=True, align="center", bg_color=TOTAL), to=(total, 3))
    _total_cells(book, sheet, total, (4, 5, 6), (ITEM_FIRST, last), data.sums)
    _share_cell(
        book, sheet, total, 7, (total, 6), (total, 6), data.sums.total, data.sums.total, bold=True, bg_color=TOTAL
    )
    book.show_rests(sheet, (ITEM_FIRST, 4), (total, 6))
    sheet.print_area(0, 0, total, 7)


def _share_cell(book, sheet, row, column, part, whole, part_won, whole_won, **form):
    part, whole = xl_rowcol_to_cell(*part), xl_rowcol_to_cell(*whole, row_abs=True, col_abs=True)
    live = live_share(part, whole, part_won, whole_won)
    book.put(sheet, row, column, live, book.format(num_format=SHARE, align="right", **form))


def _total_cells(book, sheet, row, columns, span, sums):
    for column, won in zip(columns, _triple(sums), strict=True):
        live = Live(f"=ROUND(SUM({xl_range(span[0], column, span[1], column)}),3)", thousand(won))
        book.put(sheet, row, column, live, book.amount(live, bold=True, bg_color=TOTAL))


def _items_column(data, column):
    return f"{quoted(ITEMS)}!{xl_range_abs(ITEM_FIRST, column, items_last(data), column)}"


# --- 재원별 --------------------------------------------------------------------------------------------------------
def financing(data):
    """[(예산과목 of the financing table, Sums)] in printed order."""
    rows = {}
    for item, sums in data.items():
        rows[item.summary] = rows.get(item.summary, Sums()) + sums
    return list(rows.items())


def financing_total(data):
    """Row of 총사업비 on the financing sheet."""
    return FINANCE_FIRST + max(len(financing(data)), 1)


def write_financing(book, data):
    """재원 조달에 따른 구분: each 예산과목 with its shares of all money."""
    sheet = book.sheet(FINANCING, FINANCE_WIDTHS, repeat=(2, 3))
    book.title(sheet, "재원 조달에 따른 구분", "(단위: 천원)", FINANCE_WIDTHS)
    sheet.set_row(1, 4)
    _finance_heads(book, sheet)
    total, text = financing_total(data), book.format(text_wrap=True)
    for row, (name, sums) in enumerate(financing(data), FINANCE_FIRST):
        sheet.set_row(row, max(22, text_height(name, FINANCE_WIDTHS[0])))
        book.put(sheet, row, 0, name, text)
        match = f"{_items_column(data, 3)},{criterion(f'$A{row + 1}', name)}"
        for column, source, won in zip((1, 3, 5), (4, 5, 6), _triple(sums), strict=True):
            live = Live(f"=ROUND(SUMIFS({_items_column(data, source)},{match}),3)", thousand(won))
            book.put(sheet, row, column, live, book.amount(live))
            _share_cell(book, sheet, row, column + 1, (row, column), (total, 5), won, data.sums.total)
    if not financing(data):
        book.put(sheet, FINANCE_FIRST, 0, "산출내역이 없습니다.", book.format(align="center"), to=(FINANCE_FIRST, 6))
    sheet.set_row(total, 24)
    book.put(sheet, total, 0, "총사업비", book.format(bold=True, align="center", bg_color=TOTAL))
    _total_cells(book, sheet, total, (1, 3, 5), (FINANCE_FIRST, total - 1), data.sums)
    for column, won in zip((1, 3, 5), _triple(data.sums), strict=True):
        _share_cell(
            book, sheet, total, column + 1, (total, column), (total, 5), won, data.sums.total, bold=True, bg_color=TOTAL
        )
    for column in (1, 3, 5):
        book.show_rests(sheet, (FINANCE_FIRST, column), (total, column))
    sheet.print_area(0, 0, total, 6)


def _finance_heads(book, sheet):
    form = book.format(bold=True, align="center", text_wrap=True, bg_color=HEAD)
    sheet.set_row(2, 22)
    sheet.set_row(3, 20)
    book.put(sheet, 2, 0, "예산과목", form, to=(3, 0))
    for column, name in ((1, "시 보조금"), (3, "구 사업비(자부담금)"), (5, "총 사업비")):
        book.put(sheet, 2, column, name, form, to=(2, column + 1))
        book.put(sheet, 3, column, "금액", form)
        book.put(sheet, 3, column + 1, "비율", form)


# --- 성격별 --------------------------------------------------------------------------------------------------------
def natures(data):
    """{nature: city money in won}."""
    return {nature: add(sums for item, sums in data.items() if item.nature == nature).city for nature in Nature.values}


def write_nature(book, data):
    """예산 성격에 따른 구분: current and capital money of the city's grant."""
    widths = [20, 26, 26, 26]
    sheet = book.sheet(NATURE, widths, repeat=(2, 2))
    book.title(sheet, "예산 성격에 따른 구분", "(단위: 천원)", widths)
    sheet.set_row(1, 4)
    for row in (2, 3, 4):
        sheet.set_row(row, 28)
    book.heads(sheet, 2, ["구분", "시 보조금", *(f"{nature}보조" for nature in Nature.values)])
    label = book.format(bold=True, align="center", bg_color=HEAD)
    book.put(sheet, 3, 0, "금액", label)
    book.put(sheet, 4, 0, "비율", label)
    by_nature, city = natures(data), data.sums.city
    whole = Live("=ROUND(SUM(C4:D4),3)", thousand(city))
    book.put(sheet, 3, 1, whole, book.amount(whole, bold=True))
    _share_cell(book, sheet, 4, 1, (3, 1), (3, 1), city, city, bold=True)
    for column, (nature, won) in enumerate(by_nature.items(), 2):
        live = Live(f'=ROUND(SUMIFS({_items_column(data, 4)},{_items_column(data, 2)},"{nature}"),3)', thousand(won))
        book.put(sheet, 3, column, live, book.amount(live))
        _share_cell(book, sheet, 4, column, (3, column), (3, 1), won, city)
    book.show_rests(sheet, (3, 1), (3, 3))
    sheet.print_area(0, 0, 4, 3)


# --- 표지 ----------------------------------------------------------------------------------------------------------
def write_cover(book, data, layout, places):
    """Title, plan, version, dates, office, totals, the check of the tables against each other and the portal, contents."""
    widths = [26, 22, 22, 22, 34]
    sheet = book.sheet(COVER, widths, color="#256EF4", one_page=True)
    sheet.set_first_sheet()
    sheet.activate()
    title = book.format(border=0, bold=True, font_size=22, align="center", text_wrap=True)
    sheet.set_row(0, 16)
    sheet.set_row(1, max(44, text_height(data.title, sum(widths), 22)))
    book.put(sheet, 1, 0, data.title, title, to=(1, 4))
    sheet.set_row(2, 30)
    book.put(sheet, 2, 0, "예산계획", book.format(border=0, font_size=16, align="center"), to=(2, 4))
    sheet.set_row(3, 12)
    row = _about(book, sheet, data, 4)
    row = _checks(book, sheet, data, layout, row + 1)
    row = _contents(book, sheet, data, places, row + 1)
    sheet.print_area(0, 0, row - 1, 4)


def _day(day):
    return f"{day.year}. {day.month}. {day.day}."


def _about(book, sheet, data, row):
    label, text = book.format(bold=True, align="center", bg_color=HEAD), book.format(text_wrap=True, indent=1)
    lines = [("계획 연도", f"{data.year}년"), ("예산 판", data.version)]
    if data.decided_on:
        lines.append(("결정일", _day(data.decided_on)))
    if data.as_of:
        lines.append(("기준일", _day(data.as_of)))
    if data.computed_at:
        moment = timezone.localtime(data.computed_at)
        lines.append(("집계한 때", f"{_day(moment)} {moment:%H:%M}"))
    lines.append(("담당 부서", data.office))
    for name, value in lines:
        sheet.set_row(row, max(22, text_height(value, 96)))
        book.put(sheet, row, 0, name, label)
        book.put(sheet, row, 1, value, text, to=(row, 4))
        row += 1
    return row


def _checks(book, sheet, data, layout, row):
    """The totals of every table one below the other, then the portal's rollup and the difference."""
    sheet.set_row(row, 26)
    book.put(sheet, row, 0, "총괄", book.format(border=0, bold=True, font_size=13), to=(row, 1))
    unit = book.format(border=0, align="right", valign="bottom", font_color="#505A66")
    book.put(sheet, row, 3, "(단위: 천원)", unit, to=(row, 4))
    row += 1
    sheet.set_row(row, 22)
    book.heads(sheet, row, ["구분", *MONEY, "비고"])
    main = row + 1
    items, finance = items_last(data) + 1, financing_total(data)
    tables = [
        ("총계", [layout.total_cell(c) for c in (agenda.CITY, agenda.DISTRICT, agenda.ALL)], "의제별 예산계획의 총계"),
        ("통계목 집계", [f"{quoted(ITEMS)}!{xl_rowcol_to_cell(items, c)}" for c in (4, 5, 6)], "통계목별 합계"),
        ("재원별", [f"{quoted(FINANCING)}!{xl_rowcol_to_cell(finance, c)}" for c in (1, 3, 5)], "예산과목별 합계"),
        ("성격별", [f"{quoted(NATURE)}!B4", None, None], "시 보조금만"),
    ]
    for name, cells, note in tables:
        row += 1
        values = [Live(f"={c}", thousand(won)) if c else None for c, won in zip(cells, _triple(data.sums), strict=True)]
        _check_row(book, sheet, row, name, values, note, bold=row == main)
    if data.stored is not None:
        row += 1
        stored = [thousand(won) for won in _triple(data.stored)]
        _check_row(book, sheet, row, "포털 집계", stored, "내보낼 때 포털에 저장된 값")
        differences = [
            Live(f"=ROUND({xl_rowcol_to_cell(main, c)}-{xl_rowcol_to_cell(row, c)},3)", thousand(now - was))
            for c, now, was in zip((1, 2, 3), _triple(data.sums), _triple(data.stored), strict=True)
        ]
        row += 1
        _check_row(book, sheet, row, "차이", differences, "총계 − 포털 집계", bold=True)
        red = book.workbook.add_format({"bg_color": "#FBD5D0", "font_color": "#8A240F"})
        sheet.conditional_format(row, 1, row, 3, {"type": "cell", "criteria": "!=", "value": 0, "format": red})
    book.show_rests(sheet, (main, 1), (row, 3))
    return row + 1


def _check_row(book, sheet, row, name, values, note, *, bold=False):
    color = {"bg_color": TOTAL} if bold else {}
    sheet.set_row(row, 22)
    book.put(sheet, row, 0, name, book.format(bold=True, align="center", **(color or {"bg_color": HEAD})))
    for column, value in enumerate(values, 1):
        book.put(sheet, row, column, value, book.amount(value, bold=bold, **color))
    book.put(sheet, row, 4, note, book.format(text_wrap=True, indent=1, font_color="#505A66", **color))


def _contents(book, sheet, data, places, row):
    """What is on which sheet, and how the numbers hang together."""
    sheet.set_row(row, 26)
    book.put(sheet, row, 0, "차례", book.format(border=0, bold=True, font_size=13), to=(row, 1))
    numbers = [project.number for project in data.projects]
    entries = [
        (NATURE, NATURE, "예산 성격에 따른 구분: 시 보조금의 경상·자본"),
        (FINANCING, FINANCING, "재원 조달에 따른 구분: 예산과목별 시 보조금과 구 사업비"),
        (agenda.NAME, agenda.NAME, "사업마다 편성목, 통계목, 산출내역"),
        (ITEMS, ITEMS, "통계목마다 모든 사업의 합계"),
    ]
    if numbers:
        many = f"사업 {len(numbers)}개의 산출내역(항, 계산액, 예산액, 차이), 사업마다 한 장"
        first, last = places[numbers[0]].sheet, numbers[-1]
        entries.append((first, f"{first} ~ {last}" if len(numbers) > 1 else first, many))
    link = book.format(font_color="#0B50D0", underline=1, align="center")
    for name, label, what in entries:
        row += 1
        sheet.set_row(row, 20)
        sheet.write_url(row, 0, f"internal:{quoted(name)}!A1", link, label)
        book.put(sheet, row, 1, what, book.format(indent=1), to=(row, 4))
    row += 1
    hint = (
        "산출내역 장의 파란 항(단가, 인원, 횟수)이나 예산액을 고치면 의제별 예산계획, 통계목 집계, 재원별, 성격별, 이 표의 총계가 "
        "따라 바뀝니다. 금액은 원 단위로 계산하고 천원으로 보이며 반올림하지 않습니다."
    )
    form = book.format(border=0, text_wrap=True, font_size=9, font_color="#505A66")
    sheet.set_row(row, text_height(hint, 120, 9) + 4)
    book.put(sheet, row, 0, hint, form, to=(row, 4))
    return row + 1
