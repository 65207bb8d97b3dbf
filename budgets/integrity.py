"""Rows that changed behind the portal's back: lines against their own history, payments against their formula."""

from django.db.models import F, OuterRef, Subquery

from budgets import formula as formulas
from budgets.models import ActivityPayment, BudgetLine, ExpensePayment

FIELDS = {
    "amount_krw": "금액", "formula": "산출식", "funding": "재원", "item_id": "통계목", "project_id": "사업", "order": "순서",
    "heading": "묶음", "description": "내역",
}  # fmt: skip


class Unrecorded(str):
    """A sentence about a line that was changed behind the portal's back."""


def unrecorded(plan):
    """Korean sentences naming each line of the plan that was changed, inserted or deleted without a history entry ([] = none).

    Raw SQL, `.update()` and restored single tables leave no history; every write of the portal does. Two queries, whatever the number
    of lines.
    """
    History = BudgetLine.history.model
    newest = History.objects.filter(id=OuterRef("id")).order_by("-history_date", "-history_id")
    recorded = {
        entry.id: entry
        for entry in History.objects.filter(version__plan=plan)
        .annotate(newest=Subquery(newest.values("history_id")[:1]))
        .filter(history_id=F("newest"))
        .select_related("project")
    }
    sentences = []
    for line in (
        BudgetLine.objects.filter(version__plan=plan).select_related("project").order_by("project__number", "order")
    ):
        entry = recorded.pop(line.pk, None)
        if entry is None or entry.history_type == "-":
            sentences.append(Unrecorded(f"{_name(plan, line)}: 포털을 거치지 않고 들어왔습니다."))
            continue
        for field, label in FIELDS.items():
            was, now = getattr(entry, field), getattr(line, field)
            if was != now:
                text = f"{_name(plan, line)} {label}: 기록 {_show(was)}, 지금 {_show(now)}. 포털을 거치지 않고 바뀌었습니다."
                sentences.append(Unrecorded(text))
    gone = [entry for entry in recorded.values() if entry.history_type != "-"]
    return [Unrecorded(f"{_name(plan, entry)}: 포털을 거치지 않고 지워졌습니다.") for entry in gone] + sentences


def miscounted(plan):
    """Korean sentences naming each payment from the plan's lines whose amount is not its formula's product. Two queries.

    Every write of the portal computes the amount; no database constraint can read a formula.
    """
    sentences = []
    for model in (ActivityPayment, ExpensePayment):
        for payment in model.objects.filter(line__version__plan=plan).order_by("pk"):
            found = formulas.check(payment.formula, payment.amount_krw)
            if found.state != "ok":
                name = f"{plan.year} {model._meta.verbose_name} {payment.on} ‘{payment.description}’"
                sentences.append(f"{name}: {found.message or '산출식이 없습니다.'}")
    return sentences


def _name(plan, line):
    return f"{plan.year} 예산 줄 · 사업 {line.project.number} {line.order}번째 ‘{line.description}’"


def _show(value):
    return f"{value:,}" if isinstance(value, int) else f"‘{value}’"
