"""The budget sheet for the city: one XLSX book of a plan's current version, in the plan's layout, every total a live formula.

Amounts on the printed tables are in 천원 as numbers, on the calculation sheets in whole won (budgets.sheets.book says why).
"""

from budgets.sheets import agenda, calculation, summary
from budgets.sheets.book import Book
from budgets.sheets.data import DISTRICT, NoBudget, collect

__all__ = ["LONG", "NoBudget", "collect", "sheet_filename", "write_budget_sheet"]

# More lines than this take longer than a second: the sheet is then made by a task.
LONG = 1_000


def write_budget_sheet(plan, target, *, progress=None, data=None):
    """Write the sheet of a plan's current version to a path or binary file.

    progress(done, total) is called with whole numbers as sheets are finished; `data` is what collect(plan) returned, when the caller
    has read it already. Raises NoBudget without a version, OSError (or XlsxWriter's FileCreateError) where it cannot be written.
    """
    data = data or collect(plan)
    report = progress or (lambda done, total: None)
    steps = len(data.projects) + 3
    places = calculation.places(data)
    layout = agenda.lay_out(data, places)
    book = Book(target, data)
    summary.write_cover(book, data, layout, places)
    summary.write_nature(book, data)
    summary.write_financing(book, data)
    report(1, steps)
    agenda.write(book, layout, places)
    summary.write_items(book, data, layout)
    report(2, steps)
    for done, project in enumerate(data.projects, 3):
        calculation.write(book, project, places[project.number])
        report(done, steps)
    book.workbook.close()
    report(steps, steps)


def sheet_filename(plan):
    """`2021년 금천구 예산계획.xlsx`."""
    return f"{plan.year}년 {DISTRICT} 예산계획.xlsx"
