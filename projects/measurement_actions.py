"""The way of a typed value: an officer enters it, somebody else of the secretariat confirms or returns it, only then it counts.

Each write locks the indicator first and then the value. In a closed plan the secretariat alone enters what is handed over later.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from geumcheon.lib import clock, uploads
from projects.models import Combine, Comparator, Indicator, Measurement
from projects.results import MONTHS, QUARTERS
from projects.tasks import refresh_indicators

State = Measurement.State

# Moves allowed from each state. A confirmed value is never edited: it is returned first, and no longer counts.
MEASUREMENT_MOVES = {
    State.ENTERED: {State.CONFIRMED, State.RETURNED},
    State.RETURNED: {State.ENTERED},
    State.CONFIRMED: {State.RETURNED},
}


def check(measurement):
    """Whether the value fits its indicator. Raises ValidationError at the fields, in Korean."""
    indicator = measurement.indicator
    errors = _value_errors(measurement, indicator) | _part_errors(measurement, indicator)
    year = indicator.project.plan.year
    if measurement.on > clock.today():
        errors["on"] = "아직 오지 않은 날입니다."
    elif measurement.on.year < year:
        errors["on"] = f"{year}년 계획의 지표입니다. {year}년부터의 날을 적어 주세요."
    if errors:
        raise ValidationError(errors)


def _value_errors(measurement, indicator):
    errors, value = {}, measurement.value
    if indicator.comparator == Comparator.TEXT:
        if value not in (0, 1):
            errors["value"] = (
                f"예·아니요로 답하는 지표입니다. ‘{indicator.target_text}’이 맞으면 1, 아니면 0을 적어 주세요."
            )
    elif value < 0:
        errors["value"] = "0 이상이어야 합니다."
    elif indicator.unit == "%" and value > 100:
        errors["value"] = "비율은 0에서 100까지 적습니다."
    if measurement.base is not None and indicator.combine != Combine.SHARE:
        errors["base"] = "비율로 재는 지표에만 적습니다."
    elif measurement.base == 0:
        errors["base"] = "답한 사람이 한 명은 있어야 합니다."
    return errors


def _part_errors(measurement, indicator):
    per = indicator.per if indicator.combine == Combine.EVERY else ""
    if per == "동" and not measurement.dong:
        return {"dong": f"동마다 세는 지표(‘{indicator.target_text}’)입니다. 어느 동의 값인지 골라 주세요."}
    if indicator.per != "동" and measurement.dong:
        return {"dong": "동마다 세는 지표에만 고릅니다."}
    parts = {"분기": QUARTERS, "월": MONTHS}.get(per, [])
    if measurement.part and not parts:
        return {"part": "분기나 달마다 세는 지표에만 적습니다."}
    if measurement.part and measurement.part not in parts:
        return {"part": f"{parts[0]}, {parts[1]}처럼 적거나, 비워서 잰 날을 따르게 해 주세요."}
    return {}


PHOTOS = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"GIF8")  # how pictures begin


def clean_evidence(upload):
    """The file behind a value as it is kept: a document as it came, a photo made anew. Raises ValidationError."""
    upload.seek(0)
    head = upload.read(4)
    upload.seek(0)
    return uploads.clean_photo(upload) if head.startswith(PHOTOS) else uploads.clean_document(upload)[0]


def _lock_indicator(pk):
    rows = Indicator.objects.select_for_update(of=("self",)).select_related("project__plan")
    return rows.get(pk=pk)


def lock(measurement):
    """The value as stored, locked until the transaction ends, its indicator before it. Raises Measurement.DoesNotExist."""
    indicator = _lock_indicator(Measurement.objects.values_list("indicator_id", flat=True).get(pk=measurement.pk))
    row = Measurement.objects.select_for_update().get(pk=measurement.pk)
    row.indicator = indicator
    return row


def _refresh(indicator):
    refresh_indicators.delay_on_commit(indicator.project.plan_id)


@transaction.atomic
def enter(*, measurement, by):
    """Save a new value, or one that is not confirmed yet, as waiting for confirmation. Returns the Measurement.

    Raises ValidationError at the fields, PermissionDenied outside the own department's projects and, but for the secretariat, in a closed plan.
    """
    if measurement.pk:
        stored = lock(measurement)
        if stored.state == State.CONFIRMED:
            raise ValidationError("이미 확인한 값은 고칠 수 없습니다. 협치추진단이 돌려보낸 뒤에 고칩니다.")
        if not by.has_perm("projects.change_measurement", stored):
            raise PermissionDenied
        if stored.indicator_id != measurement.indicator_id:
            raise ValidationError({"indicator": "다른 지표로 옮길 수 없습니다."})
    else:
        measurement.indicator = _lock_indicator(measurement.indicator_id)
        if not by.has_perm("projects.add_measurement", measurement):
            raise PermissionDenied
    check(measurement)
    measurement.state, measurement.entered_by = State.ENTERED, by
    measurement.confirmed_by, measurement.confirmed_at, measurement.note = None, None, ""
    measurement.full_clean()
    measurement.save()
    _refresh(measurement.indicator)
    return measurement


@transaction.atomic
def withdraw(*, measurement, by):
    """Delete a value that is not confirmed; its history stays. Raises ValidationError for a confirmed one, PermissionDenied as enter()."""
    row = lock(measurement)
    if row.state == State.CONFIRMED:
        raise ValidationError("이미 확인한 값은 지울 수 없습니다. 협치추진단이 돌려보낸 뒤에 지웁니다.")
    if not by.has_perm("projects.delete_measurement", row):
        raise PermissionDenied
    row.delete()
    _refresh(row.indicator)


def version_of(measurement):
    """The newest entry of a value's history: what somebody saw who is about to decide on it."""
    return measurement.history.order_by("-history_id").values_list("history_id", flat=True).first()


@transaction.atomic
def confirm(*, measurement, by, seen=None):
    """Confirm a value, which then counts. Returns whether it was confirmed now: False for one that is confirmed already.

    `seen`: the version_of what was looked at. Raises ValidationError when it changed since, for the one who entered it, and for a
    returned value; PermissionDenied outside the secretariat.
    """
    row = _decidable(measurement, by)
    if row.state == State.CONFIRMED:
        return False
    _check_seen(row, seen)
    if row.entered_by_id == by.pk:
        raise ValidationError("스스로 적은 값은 다른 사람이 확인합니다.")
    _move(row, State.CONFIRMED, confirmed_by=by, confirmed_at=clock.now(), note="")
    return True


@transaction.atomic
def send_back(*, measurement, by, reason, seen=None):
    """Return a value with the reason; a confirmed one stops counting. Returns False for one that is returned already."""
    row = _decidable(measurement, by)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": "무엇을 고쳐야 하는지 적어 주세요."})
    if row.state == State.RETURNED:
        return False
    _check_seen(row, seen)
    _move(row, State.RETURNED, confirmed_by=None, confirmed_at=None, note=reason)
    return True


def _decidable(measurement, by):
    row = lock(measurement)
    if not by.has_perm("projects.confirm_measurement", row):
        raise PermissionDenied
    return row


def _check_seen(row, seen):
    if seen is not None and seen != version_of(row):
        raise ValidationError("살펴보는 사이에 값이 바뀌었습니다. 바뀐 값을 보고 다시 정해 주세요.", code="stale")


def _move(row, state, **fields):
    if state not in MEASUREMENT_MOVES[row.state]:
        raise ValidationError(f"‘{row.get_state_display()}’ 상태라 ‘{State(state).label}’(으)로 바꿀 수 없습니다.")
    row.state = state
    for name, value in fields.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    _refresh(row.indicator)
