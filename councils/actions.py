"""Every write to the council's rows that is more than one plain form save."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from councils.models import Notice
from councils.slots import Slot
from geumcheon.lib import clock

# Filled by apps on the right: filler(body), called inside the transaction after a body was written; they start their own tasks on commit.
body_saved = Slot()


@transaction.atomic
def save_body(*, body):
    """Save a body; figures keyed by its name are counted again on commit. Raises ValidationError (also for a circle in the tree)."""
    body.full_clean()
    check_tree(body=body, parent=body.parent)
    body.save()
    body_saved.collect(body)
    return body


def check_tree(*, body, parent):
    """Refuse a parent that hangs under the body itself; the database only refuses the body as its own parent."""
    seen, above = {body.pk}, parent
    while above is not None and body.pk is not None:
        if above.pk in seen:
            raise ValidationError(
                {"parent": f"‘{parent}’은(는) 이 기구이거나 그 아래에 있어 상위 기구가 될 수 없습니다."}
            )
        seen.add(above.pk)
        above = above.parent


@transaction.atomic
def publish_notices(*, notices, by):
    """Publish the drafts among `notices` (QuerySet) today and return them; the others stay as they are.

    Raises PermissionDenied, or ValidationError when a draft cannot be published as it stands (then none is).
    """
    drafts = Notice.objects.select_for_update().filter(pk__in=notices.order_by().values("pk"), published_on=None)
    published = list(drafts.order_by("pk"))
    if not all(by.has_perm("councils.change_notice", notice) for notice in published):
        raise PermissionDenied
    for notice in published:
        notice.published_on = clock.today()
        notice.full_clean()
        notice._history_user = by
        notice.save(update_fields=["published_on"])
    return published
