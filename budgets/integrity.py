"""Lines that changed behind the portal's back: a row that differs from the newest entry of its own history names itself."""

from django.db.models import F, OuterRef, Subquery

from budgets.models import BudgetLine

FIELDS = {
    "amount_krw": "금액", "formula": "산출식", "funding": "재원", "item_id": "통계목", "project_id": "사업", "order": "순서",
    "heading": "묶음", "description": "내역",
}  # fmt: skip


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
            sentences.append(f"{_name(plan, line)}: 포털을 거치지 않고 들어왔습니다.")
            continue
        for field, label in FIELDS.items():
            was, now = getattr(entry, field), getattr(line, field)
            if was != now:
                sentences.append(
                    f"{_name(plan, line)} {label}: 기록 {_show(was)}, 지금 {_show(now)}. 포털을 거치지 않고 바뀌었습니다."
                )
    gone = [entry for entry in recorded.values() if entry.history_type != "-"]
    return [f"{_name(plan, entry)}: 포털을 거치지 않고 지워졌습니다." for entry in gone] + sentences


def _name(plan, line):
    return f"{plan.year} 예산 줄 · 사업 {line.project.number} {line.order}번째 ‘{line.description}’"


def _show(value):
    return f"{value:,}" if isinstance(value, int) else f"‘{value}’"
