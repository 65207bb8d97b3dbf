"""The rules a term of membership keeps: no overlap, no more people than seats, length, renewals.

Sources: the plan Ⅲ-1 (L268-276, 조례 제10조) and 붙임Ⅰ-3 (L3970). Numbers are rows (BodySeat, BodyRule); a refusal quotes
them. Every function only reads; writers lock the body first (councils.member_actions). Days are half-open: a term that
ends on the day another starts does not meet it.

A body may have two seats of one kind because two sizes are printed (확대회의: 5명 이내, 5~10명). Each row keeps its own
limit and the secretariat seats its people on the row that holds; a person's renewals are counted over both.
"""

import calendar
from datetime import date, timedelta

from django.core.exceptions import ValidationError

from councils.models import BodyRule, Membership
from geumcheon.lib import periods

LENGTH_RULES = ("term_appointed", "term_years")
RENEWAL_RULES = ("renewal", "term_years")


def add_months(day, months):
    """The day before which a term of `months` calendar months from `day` ends: 2021-05-29 + 24 -> 2023-05-29.

    Where the last month has no such day the term lasts to its end (민법 제160조 제3항): 2024-02-29 + 12 -> 2025-03-01.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day <= calendar.monthrange(year, month + 1)[1]:
        return date(year, month + 1, day.day)
    year, month = divmod(year * 12 + month + 1, 12)
    return date(year, month + 1, 1)


def longest_end(seat, starts_on):
    """The latest `ends_before` of a term on this seat, or None where it lasts as long as the office does (당연직)."""
    return None if seat.term_months is None else add_months(starts_on, seat.term_months)


def meet(start, end, other_start, other_end):
    """Whether two half-open periods share a day; None ends are open, an empty period shares none."""
    first = max(start, other_start)
    return (end is None or first < end) and (other_end is None or first < other_end)


def _others(membership, **where):
    """Stored memberships of the body other than this one, in order."""
    rows = Membership.objects.filter(body_id=membership.body_id, **where).exclude(pk=membership.pk)
    return rows.select_related("seat").order_by("starts_on", "pk")


def basis(membership, keys=()):
    """` (근거: …)`: the printed rule of the body with its place, else the place of the seat; "" where neither is known."""
    rules = {rule.key: rule for rule in BodyRule.objects.filter(body_id=membership.body_id, key__in=keys)}
    rule = next((rules[key] for key in keys if key in rules), None)
    if rule:
        return f" (근거: ‘{rule.text}’{f' {rule.source}' if rule.source else ''})"
    return f" (근거: {membership.seat.source})" if membership.seat.source else ""


def _until(membership):
    """The end of a term for (a): one that broke off on its first day still is that day's."""
    after = membership.starts_on + timedelta(days=1)
    return membership.until and max(membership.until, after)


def check_overlap(membership):
    """(a) Nobody sits twice in one body on one day."""
    for other in _others(membership, person_id=membership.person_id):
        if meet(membership.starts_on, _until(membership), other.starts_on, _until(other)):
            until = periods.day_text(other.last_day) if other.until else ""
            term = f"{periods.day_text(other.starts_on)} ~ {until}".strip()
            raise ValidationError(
                {"starts_on": f"이 기구에 이미 위원으로 있는 기간과 겹칩니다: {other.seat.label} {term}"}
            )


def check_limit(membership):
    """(b) At no day of the term more people on the seat than it has; a seat without a number has no limit."""
    seat = membership.seat
    if seat.limit is None:
        return
    others = [
        other
        for other in _others(membership, seat_id=membership.seat_id)
        if meet(membership.starts_on, membership.until, other.starts_on, other.until)
    ]
    if not meet(membership.starts_on, membership.until, membership.starts_on, None):
        return  # broke off on its first day: sits on no day
    # The number of people only grows on a day somebody starts, so these days are enough.
    for day in sorted({membership.starts_on, *(max(o.starts_on, membership.starts_on) for o in others)}):
        seated = sum(periods.covers(o.starts_on, o.until, day) for o in others)
        if seated >= seat.limit:
            raise ValidationError(
                {
                    "seat": f"{membership.body} {seat.label}의 정원은 {seat.limit}명인데 "
                    f"{periods.day_text(day)}에 이미 {seated}명이 있습니다.{basis(membership)}"
                }
            )


def chain(membership):
    """[(membership, its number)] of the person's terms on this kind of seat in the body, this one among them, in order.

    A term that starts within the seat's `renewal_gap_days` after the one before continues it, also after one that broke
    off; after a longer break the count starts at 1 again. The first term on record keeps the number it was given, for
    people whose earlier terms were never entered.
    """
    rows = [o for o in _others(membership, person_id=membership.person_id) if o.seat.kind == membership.seat.kind]
    rows = sorted([*rows, membership], key=lambda row: row.starts_on)
    numbered, before = [], None
    for row in rows:
        if before is None:
            number = row.term_no or 1
        else:
            earlier, count = before
            gap = None if earlier.until is None else (row.starts_on - earlier.until).days
            number = count + 1 if gap is None or gap <= row.seat.renewal_gap_days else 1
        numbered.append((row, number))
        before = (row, number)
    return numbered


def check_renewals(membership):
    """(c) No further consecutive term beyond the seat's renewals; also not by a term put in before or between others."""
    changed = False
    for row, number in chain(membership):
        changed = changed or row is membership
        if changed and row.seat.renewals is not None and number > row.seat.renewals + 1:
            which = "" if row is membership else f" ({periods.day_text(row.starts_on)}에 시작하는 임기)"
            raise ValidationError(
                {
                    "starts_on": f"이어지는 {number}번째 임기가 됩니다{which}. {row.seat.label}은(는) "
                    f"{row.seat.renewals}번까지 연임합니다.{basis(membership, RENEWAL_RULES)}"
                }
            )


def check_length(membership):
    """(d) No term longer than the seat's months; a seat without months is held as long as its office."""
    longest = longest_end(membership.seat, membership.starts_on)
    if longest is None:
        return
    if membership.ends_before is None or membership.ends_before > longest:
        raise ValidationError(
            {
                "ends_before": f"{membership.seat.label}의 임기는 위촉일로부터 {membership.seat.term_months}개월"
                f"(마지막 날 {periods.day_text(periods.last_day(longest))})까지입니다.{basis(membership, LENGTH_RULES)}"
            }
        )


def check_replaces(membership):
    """(e) Whoever is followed has left this body before the successor starts."""
    before = membership.replaces
    if before is None:
        return
    if before.body_id != membership.body_id:
        raise ValidationError({"replaces": "같은 기구의 위원만 이어받습니다."})
    if before.left_on is None or before.left_on > membership.starts_on:
        raise ValidationError({"replaces": "아직 그만두지 않은 위원입니다. 그만둔 날을 먼저 적어 주세요."})


def only_shorter(membership):
    """Whether a stored term only lost days on the same seat: it may always be ended, also where rules changed meanwhile."""
    stored = Membership.objects.filter(pk=membership.pk, seat_id=membership.seat_id).first()
    if stored is None or membership.starts_on < stored.starts_on:
        return False
    ends = ((membership.until, stored.until), (membership.ends_before, stored.ends_before))
    return all(was is None or (now is not None and now <= was) for now, was in ends)


def check(membership):
    """Hold a membership, saved or not, against every rule. Raises one ValidationError with all refusals at their fields."""
    errors = {}
    if membership.seat.body_id != membership.body_id:
        raise ValidationError({"seat": "이 기구의 자리가 아닙니다."})
    if membership.ends_before and membership.ends_before <= membership.starts_on:
        return  # refused by a constraint of its own
    rules = (check_overlap, check_limit, check_length, check_renewals, check_replaces)
    for rule in (check_replaces,) if only_shorter(membership) else rules:
        if rule is check_renewals and "starts_on" in errors:
            continue  # terms that overlap cannot be counted
        try:
            rule(membership)
        except ValidationError as error:
            for field, messages in error.message_dict.items():
                errors.setdefault(field, []).extend(messages)
    if errors:
        raise ValidationError(errors)


def warnings(membership):
    """What looks odd and is allowed: Korean sentences, [] for nothing.

    That a successor only takes over the rest of the term is customary; the plan does not say so, hence no refusal.
    """
    before = membership.replaces
    if before is None or before.ends_before is None:
        return []
    if membership.ends_before is None or membership.ends_before > before.ends_before:
        last = periods.day_text(periods.last_day(before.ends_before))
        return [f"앞사람의 임기는 {last}까지입니다. 남은 기간만 이어받는 것이 맞는지 확인해 주세요."]
    return []
