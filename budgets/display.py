"""Budget figures laid out for pages: rows of tables, factors of a calculation, two printings side by side.

Nothing is computed anew here but shares and differences of figures that are already there. Amounts are whole won.
"""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from urllib.parse import urlencode

from django.urls import reverse

from budgets import formula as formulas
from budgets.models import Dimension, VersionBasis
from budgets.reconciliation import KINDS
from geumcheon.lib.money import round_half_up
from geumcheon.lib.text import squeeze


def lines_url(plan, **filters):
    """Address of the plan's lines with filters."""
    url = reverse("budgets:lines", args=[plan.year])
    return f"{url}?{urlencode(filters)}" if filters else url


def by_dimension(plan, stored):
    """({dimension: [row]}, total) of stored BudgetRollup rows; total is the row of the whole plan or None.

    A project's row gets the project's `name`.
    """
    found = {}
    for row in stored:
        found.setdefault(Dimension(row.dimension), []).append(row)
    names = {str(number): name for number, name in plan.projects.values_list("number", "name")}
    for row in found.get(Dimension.PROJECT, []):
        row.name = names.get(row.key, row.key)
    return found, next(iter(found.get(Dimension.PLAN, [])), None)


def version_comparisons(plan, projects):
    """Each version that kept totals only, its projects beside the final sums (`projects`: their stored rows with `name`):
    [{"version", "rows", "added", "total", "difference"}].

    A row: the VersionProject with `final` (the rollup of its final project or None) and `difference` = final city money
    − listed amount, in won. A project that came later or was dropped has an empty side.
    """
    final = {row.key: row for row in projects}
    versions = (
        plan.versions.filter(basis=VersionBasis.TOTALS).select_related("meeting").prefetch_related("totals__project")
    )
    comparisons = []
    for version in versions:
        rows = list(version.totals.all())
        for row in rows:
            row.final = final.get(str(row.project.number)) if row.project else None
            row.difference = (row.final.city_krw if row.final else 0) - row.amount_krw
            row.renamed = row.final is not None and squeeze(row.final.name) != squeeze(row.name)
        listed = {str(row.project.number) for row in rows if row.project}
        comparisons.append(
            {
                "version": version,
                "rows": rows,
                "added": [row for key, row in final.items() if key not in listed],
                "total": sum(row.amount_krw for row in rows),
                "difference": sum(row.city_krw for row in final.values()) - sum(row.amount_krw for row in rows),
            }
        )
    return comparisons


def _decimal(fraction):
    return Decimal(fraction.numerator) / Decimal(fraction.denominator)


def factors(check):
    """The factors of a checked calculation: [{"text", "label", "value", "unit", "product"}].

    value in won for money, a share for %; product is that of all factors up to this one, in won from the unit price on, else None.
    """
    if check.formula is None:
        return []
    rows, product, priced = [], Fraction(1), False
    for factor in check.formula.factors:
        product *= factor.value
        priced = priced or factor.is_money
        rows.append(
            {
                "text": factor.text,
                "label": factor.label or ("단가" if factor.is_money else "수량"),
                "value": _decimal(factor.value),
                "unit": "원" if factor.is_money else ("비율" if factor.unit == "%" else factor.unit),
                "product": Decimal(round_half_up(product)) if priced else None,
            }
        )
    return rows


def printing(line, second):
    """The second printing beside its line: {"row", "check", "rows": [(label, first, second, same)]}; None without one."""
    if second is None:
        return None
    check = formulas.check(second.formula, second.amount_krw)
    pairs = [
        ("묶음", line.heading, second.heading),
        ("내역", line.description, second.description),
        ("산출식", line.formula, second.formula),
        ("금액", f"{line.amount_krw:,}원", f"{second.amount_krw:,}원"),
    ]
    rows = [(label, a, b, _same(a, b)) for label, a, b in pairs if a or b]
    return {"row": second, "check": check, "rows": rows}


def _same(a, b):
    """Equal but for white space and the sign of multiplication."""
    return squeeze(a).translate(_TIMES) == squeeze(b).translate(_TIMES)


_TIMES = str.maketrans({"x": "×", "*": "×", "✕": "×"})


def finding_kinds(findings):
    """[(kind, label, all, mismatches)] of findings, in the order of KINDS, without empty kinds."""
    everything = Counter(f.kind for f in findings)
    wrong = Counter(f.kind for f in findings if f.matches is False)
    return [(kind, label, everything[kind], wrong[kind]) for kind, label in KINDS.items() if everything[kind]]


def finding(plan, found):
    """A finding with the address of the rows behind it, or "": {"finding", "url"}."""
    if found.kind in ("line", "printing"):
        return {"finding": found, "url": reverse("budgets:line", args=[plan.year, *found.url_args])}
    if found.kind in ("weekday", "session"):
        return {"finding": found, "url": reverse("councils:meeting", args=found.url_args)}
    return {"finding": found, "url": ""}
