"""Every write of what happens in the hall: tables with notes, priorities with their votes. Each holds the event's row."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from forums.event_seats import lock
from forums.models import EventState, HallTable, Priority, PriorityItem
from forums.texts import clean_line

# Before the day there is nothing to write down, after calling off neither.
HALL_STATES = (EventState.ANNOUNCED, EventState.CLOSED)
ITEM_FIELDS = ("title", "tier", "votes", "amount_krw")
MOST_ITEMS = 60
STALE = "다른 사람이 먼저 고쳤습니다. 그 사람이 적은 것을 아래에서 보고 정해 주세요. 다시 저장하면 지금 적은 것으로 바뀝니다."
GONE = "그사이 다른 사람이 지웠습니다. 다시 저장하면 지금 적은 것을 새로 적습니다."


def _locked(event, by):
    row = lock(event)
    if not by.has_perm("forums.run_event", row):
        raise PermissionDenied
    if row.state not in HALL_STATES:
        raise ValidationError(f"‘{row.get_state_display()}’ 상태의 행사에는 적지 않습니다.", code="closed")
    return row


def _as_seen(rows, known, version):
    """The row `known` among `rows`, as its next version. Raises ValidationError with code "gone" or "stale"."""
    found = rows.filter(pk=known.pk).first()
    if found is None:
        raise ValidationError(GONE, code="gone")
    if version is not None and version != found.version:
        raise ValidationError(STALE, code="stale")
    found.version += 1
    return found


@transaction.atomic
def save_table(*, event, by, values, table=None, version=None):
    """Write down one table: number, topic, people, notes, published. `version`: the one that was read, None to write over any.

    Raises ValidationError at the field (code "stale" where somebody saved first, "gone" where it was taken away), PermissionDenied.
    """
    row = _locked(event, by)
    found = HallTable(event=row) if table is None else _as_seen(row.tables, table, version)
    for name in ("number", "topic", "people", "notes", "published"):
        setattr(found, name, values[name])
    found.event = row
    found.full_clean()
    found.save()
    return found


@transaction.atomic
def delete_table(*, event, by, table):
    """Take a table away; its history keeps it."""
    row = _locked(event, by)
    for found in row.tables.filter(pk=table.pk):
        found.delete()


def _clean_items(priority, rows):
    """The rows that hold something, clean. Raises ValidationError that names the row by number."""
    found, titles = [], set()
    for i, values in enumerate(rows, 1):
        title = clean_line(values.get("title") or "", 120)
        if not title:
            if values.get("votes") is not None or values.get("amount_krw") is not None:
                raise ValidationError({"items": f"{i}번째 안의 이름을 적어 주세요."})
            continue
        if title in titles:
            raise ValidationError({"items": f"같은 이름이 두 번 있습니다: {title}"})
        titles.add(title)
        tier = values.get("tier") or ""
        if tier and tier not in priority.tier_list:
            raise ValidationError({"items": f"{i}번째 안의 층이 위에 적은 층에 없습니다: {tier}"})
        if priority.tier_list and not tier and values.get("votes") is not None:
            raise ValidationError({"items": f"{i}번째 안의 층을 적어 주세요: {title}"})
        found.append({**values, "title": title, "tier": tier})
    if not found:
        raise ValidationError({"items": "안을 하나 이상 적어 주세요."})
    if len(found) > MOST_ITEMS:
        raise ValidationError({"items": f"안은 {MOST_ITEMS}개까지 적습니다."})
    return found


@transaction.atomic
def save_priority(*, event, by, values, items, priority=None, version=None):
    """Write down a vote with its items in one go. values: title, method, tiers, note, published; items: dicts of ITEM_FIELDS with
    `pk` where the item is known. An item that is not among them is taken away.

    Raises ValidationError at the field (codes and `version` as for a table), PermissionDenied.
    """
    row = _locked(event, by)
    found = Priority(event=row, order=row.priorities.count() + 1)
    if priority is not None:
        found = _as_seen(row.priorities, priority, version)
    for name in ("title", "method", "tiers", "note", "published"):
        setattr(found, name, values[name])
    found.full_clean()
    clean = _clean_items(found, items)
    found.save()
    _write_items(found, clean)
    return found


def _write_items(priority, clean):
    known = {item.pk: item for item in priority.items.all()}
    kept = {values.get("pk") for values in clean}
    for pk, item in known.items():
        if pk not in kept:
            item.delete()
    rows = []
    for i, values in enumerate(clean, 1):
        item = known.get(values.get("pk")) or PriorityItem(priority=priority)
        for name in ITEM_FIELDS:
            setattr(item, name, values.get(name) if values.get(name) != "" or name in ("title", "tier") else None)
        item.priority, item.order = priority, i
        rows.append(item)
    for item in rows:
        item.full_clean(validate_constraints=False)  # names are different in the end, not after each row
        if item.pk:
            PriorityItem.objects.filter(pk=item.pk).exclude(title=item.title).update(title=f"~{item.pk}")
    for item in rows:
        item.save()


@transaction.atomic
def delete_priority(*, event, by, priority):
    """Take a vote away with its items; the history keeps them. One that a document prints stays."""
    row = _locked(event, by)
    for found in row.priorities.filter(pk=priority.pk):
        if found.code:
            raise ValidationError("문서에서 옮긴 우선순위는 지우지 않습니다. 공개를 끌 수 있습니다.")
        found.delete()
