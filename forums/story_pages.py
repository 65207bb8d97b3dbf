"""What pages show of stories: the list with its filters, the newest ones, those of one project, meeting, event or dong."""

from django.db.models import Q
from django.template.loader import render_to_string

from forums.models import Story, StoryPicture
from geumcheon.accounts.models import Dong
from geumcheon.lib import clock
from geumcheon.lib.filters import FilterForm, pick_number, pick_row, search_word

PER_PAGE = 12
ON_HOME = 3
MOST = 6  # stories shown on the page of what they are about


class StoryFilter(FilterForm):
    """GET filters of the stories."""

    q = search_word()
    year = pick_number("해")
    dong = pick_row("동", Dong.objects.all())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        years = listed().order_by("-published_on__year").values_list("published_on__year", flat=True).distinct()
        self.fields["year"].choices = [("", "전체"), *((year, f"{year}년") for year in years)]

    def apply(self, stories):
        """The stories that the valid filters leave."""
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("year"):
            stories = stories.filter(published_on__year=wanted["year"])
        if wanted.get("dong"):
            stories = stories.filter(dongs=wanted["dong"])
        for word in (wanted.get("q") or "").split():
            stories = stories.filter(Q(title__icontains=word) | Q(text__icontains=word))
        return stories


def listed():
    """The stories everybody may read today, newest first."""
    return Story.objects.visible(clock.today()).in_order()


def cards(stories):
    """Stories with what a card shows: `picture` (the first, or None) and their dongs. Three queries, whatever their number."""
    stories = list(stories.prefetch_related("dongs"))
    first = {}
    if stories:
        for picture in StoryPicture.objects.filter(story__in=stories).order_by("order", "pk"):
            first.setdefault(picture.story_id, picture)
    for story in stories:
        story.picture = first.get(story.pk)
    return stories


def newest():
    """The cards of home: one query as long as nobody wrote a story, three from then on."""
    return cards(listed()[:ON_HOME])


def neighbours(story):
    """(the story before, the one after) among those everybody may read; None at either end and for what is not out yet."""
    day = story.published_on
    if day is None or day > clock.today():
        return None, None
    rows = listed()
    before = rows.filter(Q(published_on__lt=day) | Q(published_on=day, pk__lt=story.pk)).first()
    after = rows.filter(Q(published_on__gt=day) | Q(published_on=day, pk__gt=story.pk))
    return before, after.order_by("published_on", "pk").first()


def project_section(project):
    """The stories of a project, for its page; None without any."""
    stories = list(listed().filter(projects=project)[:MOST])
    if not stories:
        return None
    html = render_to_string("forums/_story_rows.html", {"stories": stories})
    return {"id": "stories", "title": "협치이야기", "html": html, "facts": []}


def meeting_section(meeting):
    """The stories of a meeting, a fragment for its page; "" without any."""
    return _section(listed().filter(meetings=meeting))


def event_section(event):
    """The stories of an event, a fragment for its page; "" without any."""
    return _section(listed().filter(events=event))


def _section(stories):
    stories = list(stories[:MOST])
    return render_to_string("forums/_story_section.html", {"stories": stories}) if stories else ""


def of_dong(dong):
    """The newest stories of a dong."""
    return list(listed().filter(dongs=dong)[:MOST])
