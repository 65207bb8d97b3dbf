"""Public pages of stories: the list, a story, its pictures."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from councils.models import Meeting
from councils.notices import paragraphs
from forums import event_pages, story_pages
from forums.models import Story, StoryPicture
from geumcheon.lib import clock, uploads
from projects.models import Project


def _readable(user):
    """Stories this person may read: those that are out, and for who writes them the others too."""
    if user.has_perm("forums.change_story"):
        return Story.objects.all()
    return Story.objects.visible(clock.today())


@require_safe
def stories(request):
    """Every story, newest first, with filters."""
    form = story_pages.StoryFilter(request.GET)
    paginator = Paginator(form.apply(story_pages.listed()), story_pages.PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = story_pages.cards(page.object_list)
    context = {
        "form": form,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
    }
    return render(request, "forums/stories.html", context)


@require_safe
def story(request, pk):
    """One story. What is not out yet is shown to those who may write it, marked as such: that is the preview."""
    found = get_object_or_404(_readable(request.user), pk=pk)
    pictures = list(found.pictures.all())
    for picture in pictures:
        picture.story = found
    before, after = story_pages.neighbours(found)
    context = {
        "story": found,
        "paragraphs": paragraphs(found.text),
        "summary": " ".join(found.text.split()),
        "pictures": pictures,
        "share_picture": request.build_absolute_uri(pictures[0].get_absolute_url()) if pictures else "",
        "projects": Project.objects.published().filter(stories=found).select_related("plan"),
        "meetings": Meeting.objects.published().filter(stories=found).select_related("kind"),
        "events": event_pages.listed().filter(stories=found),
        "dongs": found.dongs.all(),
        "before": before,
        "after": after,
        "hidden": found.published_on is None or found.published_on > clock.today(),
        "may_write": request.user.has_perm("forums.change_story"),
    }
    return render(request, "forums/story.html", context)


@require_safe
def picture(request, pk, picture):
    """A picture of a story this person may read."""
    found = get_object_or_404(StoryPicture, pk=picture, story=pk, story__in=_readable(request.user))
    if not found.file.storage.exists(found.file.name):
        raise Http404("No such file.")
    return uploads.serve(found.file, name=f"협치이야기 {picture}.jpg", content_type="image/jpeg", inline=True)
