"""Which budget line pays which allowance rate, from data/YEAR/rate_lines.csv."""

from budgets.models import RateLine
from councils.models import AllowanceRate
from geumcheon.lib.loading import csv_records

COLUMNS = ("rate", "starts", "project", "order", "description")


def load(path, lines, loader):
    """Upsert the links of a file. lines: the loaded BudgetLines of the version in use. Raises LoadError.

    `description` repeats the line's text, so that a line that moved in lines.csv is noticed. Links made in the admin stay.
    """
    by_number = {(line.project.number, line.order): line for line in lines}
    rates = {(rate.name, rate.starts_on): rate for rate in AllowanceRate.objects.all()}
    rows = []
    for r in csv_records(path, COLUMNS):
        rate = rates.get((r.text("rate", True), r.day("starts", True)))
        if rate is None:
            raise r.error("rate", f"그날 시작하는 수당 단가가 없습니다: {r.text('rate')}")
        line = by_number.get((r.integer("project", True), r.integer("order", True)))
        if line is None:
            raise r.error("order", "이 계획에 없는 예산 줄입니다.")
        if line.description != r.text("description", True):
            raise r.error("description", f"예산 줄의 내역과 다릅니다: {line.description}")
        rows.append((r, {"rate": rate, "line": line}))
    ours = RateLine.objects.filter(line__in=[line.pk for line in lines])
    loader.upsert(ours, ["rate", "line"], rows, prune=False)
