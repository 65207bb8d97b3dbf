"""Paying allowances: one date for what a meeting still owes."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from councils.models import Allowance, Meeting
from geumcheon.lib import clock


@transaction.atomic
def mark_paid(*, meeting, by, on):
    """Write the day of payment on every unpaid allowance of a meeting; returns how many. Again is a no-op: 0.

    What was paid keeps its day, and a later correction of the record leaves it alone (payments.freeze).
    Raises PermissionDenied for anybody but the secretariat, ValidationError for a day before the meeting or in the future.
    """
    if not by.has_perm("councils.pay_allowance"):
        raise PermissionDenied
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)  # a correction rewrites the unpaid rows
    if on < meeting.starts_on:
        raise ValidationError({"on": "지급일은 회의 날보다 앞설 수 없습니다."})
    if on > clock.today():
        raise ValidationError({"on": "지급일은 오늘보다 뒤일 수 없습니다. 지급한 뒤에 적어 주세요."})
    return Allowance.objects.filter(meeting=meeting, paid_on__isnull=True).update(paid_on=on)
