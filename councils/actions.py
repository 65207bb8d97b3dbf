"""Every write to the council's rows that is more than one plain form save."""

from django.core.exceptions import ValidationError
from django.db import transaction

from councils.slots import Slot

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
