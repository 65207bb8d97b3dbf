"""Writing stories: what follows when one was saved or deleted. Call each inside the transaction of the change."""

from functools import partial

from django.db import transaction

from forums.models import Story, StoryPicture
from projects.models import Plan
from projects.tasks import refresh_indicators


def files_of(stories):
    """{file name: its storage} of the pictures of stories, to hand to `saved` or `deleted` after the change."""
    return {row.file.name: row.file.storage for row in StoryPicture.objects.filter(story__in=stories)}


def years_of(stories):
    """The years in which stories are out, for the indicators that count them."""
    return {day.year for day in stories.values_list("published_on", flat=True) if day}


def changed(*, before, years):
    """Destroy the picture files that no row names any more, and recount the indicators of the plans of these years."""
    kept = set(StoryPicture.objects.filter(file__in=list(before)).values_list("file", flat=True))
    for name, storage in before.items():
        if name not in kept:
            transaction.on_commit(partial(storage.delete, name), robust=True)
    for plan_id in Plan.objects.filter(year__in=years).values_list("pk", flat=True):
        refresh_indicators.delay_on_commit(plan_id)


@transaction.atomic
def delete(*, stories):
    """Delete stories (a queryset) with their pictures and files; each leaves its line in the history."""
    rows = list(Story.objects.select_for_update().filter(pk__in=stories.values("pk")))
    mine = Story.objects.filter(pk__in=[row.pk for row in rows])
    before, years = files_of(mine), years_of(mine)
    for row in rows:
        row.delete()
    changed(before=before, years=years)
