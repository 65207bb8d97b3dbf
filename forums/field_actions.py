"""현장 확인: a visit to the place a proposal is about, with what was found and photos without metadata."""

from functools import partial

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from councils.models import MeetingState
from forums import standing
from forums.models import FieldCheck, FieldCheckPhoto, ProposalState
from geumcheon.lib import clock

MOST_PHOTOS = 12


@transaction.atomic
def field_check(*, proposal, by, on, findings, people=None, meeting=None, photos=(), drop=(), check=None):
    """Write the record of a visit, or correct `check`. Returns the FieldCheck.

    people: how many were there. photos: [(ContentFile of geumcheon.lib.uploads.clean_photo, alt)] to add; drop: keys of photos to take away.
    Raises ValidationError at the fields, PermissionDenied.
    """
    row = standing.lock(proposal)
    if not by.has_perm("forums.write_fieldcheck", row):
        raise PermissionDenied
    if row.state in (ProposalState.DRAFT, ProposalState.HIDDEN, ProposalState.WITHDRAWN):
        raise ValidationError(f"‘{row.get_state_display()}’ 상태의 제안입니다.")
    errors = {}
    if on > clock.today():
        errors["on"] = "아직 오지 않은 날입니다."
    if not findings.strip():
        errors["findings"] = "확인한 것을 적어 주세요."
    if meeting is not None and meeting.state != MeetingState.PUBLISHED:
        errors["meeting"] = "게시한 회의만 적을 수 있습니다."
    if errors:
        raise ValidationError(errors)
    made = check or FieldCheck(proposal=row, by=by)
    made.on, made.people, made.meeting, made.findings = on, people, meeting, findings.strip()
    made.full_clean()
    made.save()
    _photos(made, photos, drop)
    return made


def _photos(check, photos, drop):
    for gone in check.photos.filter(pk__in=drop):
        transaction.on_commit(partial(gone.file.storage.delete, gone.file.name), robust=True)
        gone.delete()
    if check.photos.count() + len(photos) > MOST_PHOTOS:
        raise ValidationError({"photos": f"사진은 {MOST_PHOTOS}장까지 붙일 수 있습니다."})
    for file, alt in photos:
        row = FieldCheckPhoto(check_record=check, file=file, alt=alt.strip())
        row.full_clean()
        row.save()
