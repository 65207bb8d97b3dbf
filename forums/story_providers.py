"""What stories count for indicators (projects.evidence, the first door): those out within the plan's year. Three queries at most."""

from forums import story_pages
from forums.models import Story
from projects.evidence import ONE, Row


def _pairs(field, stories, name):
    """{story pk: [value of `name`]} of what hangs on the stories through a link table."""
    found = {}
    rows = getattr(Story, field).through.objects.filter(story__in=stories).values_list("story_id", name)
    for pk, value in rows.order_by("pk"):
        found.setdefault(pk, []).append(value)
    return found


def stories(sources, plan):
    """Each story is one; for an indicator per dong it is one for each of its dongs, and stands for none where it names none."""
    rows = story_pages.listed().filter(published_on__year=plan.year).order_by("published_on", "pk")
    texts = {pk: (title, text, day) for pk, title, text, day in rows.values_list("pk", "title", "text", "published_on")}
    projects = _pairs("projects", list(texts), "project_id")
    by_dong = any(source.indicator.per == "동" for source in sources)
    dongs = _pairs("dongs", list(texts), "dong__name") if by_dong else {}
    found = {}
    for source in sources:
        found[source.pk] = []
        for pk, (title, text, day) in texts.items():
            if not _counts(source, projects.get(pk, ()), title, text):
                continue
            parts = dongs.get(pk, [""]) if source.indicator.per == "동" else [""]
            found[source.pk] += [Row(title, day, ONE, ("story", (pk,)), part) for part in parts]
    return found


def _counts(source, projects, title, text):
    """Whether a source counts a story: its project, and its words (spaces aside) in title or text."""
    if source.own_project and source.indicator.project_id not in projects:
        return False
    words = "".join(f"{title} {text}".split())
    return not source.word_list or any(word in words for word in source.word_list)


def register(to):
    """Fill the register at start-up."""
    to.add("stories", "이야기", stories)
