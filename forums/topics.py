"""Topics that can be followed: projects of plans everybody may see, dongs, bodies of the district."""

from django.template.loader import render_to_string
from django.urls import reverse

from councils.models import Body
from forums.models import TopicFollow
from geumcheon.accounts.models import Dong
from projects.models import Project

LABELS = {"project": "사업", "dong": "동", "body": "협치회의와 분과"}


def key_of(kind, pk):
    """The topic in addresses and forms, as TopicFollow.key: `dong-3`."""
    return f"{kind}-{pk}"


def button(kind, pk):
    """The button on a topic's page, a safe fragment. The same for everybody: whether they follow stands behind it."""
    return render_to_string("forums/_topic_button.html", {"key": key_of(kind, pk)})


def rows(kind):
    """The topics of a kind that can be followed."""
    if kind == "project":
        return Project.objects.published().select_related("plan").order_by("-plan__year", "number")
    return Dong.objects.all() if kind == "dong" else Body.objects.real()


def find(key):
    """(kind, topic) of a key, or None for what is no topic or cannot be followed."""
    kind, _, number = (key or "").partition("-")
    if kind not in LABELS or not number.isascii() or not number.isdigit() or len(number) > 9:
        return None
    topic = rows(kind).filter(pk=int(number)).first()
    return (kind, topic) if topic else None


def choices(followed=()):
    """[(group, [(key, words)])] of every topic; keys in `followed` say so. Three queries."""
    groups = {}
    for kind, label in LABELS.items():
        for row in rows(kind):
            group = f"{row.plan.year}년 사업" if kind == "project" else label
            key = key_of(kind, row.pk)
            groups.setdefault(group, []).append((key, f"{row} (받는 중)" if key in followed else str(row)))
    return list(groups.items())


def follows_of(user):
    """What somebody follows, with its topics, in the order of the kinds and the topics' own. One query."""
    found = TopicFollow.objects.filter(user=user).select_related("project__plan", "dong", "body")
    kinds = list(LABELS)

    def place(follow):
        topic = follow.topic
        turn = (-topic.plan.year, topic.number) if follow.kind == "project" else (topic.order, topic.pk)
        return kinds.index(follow.kind), *turn

    return sorted(found, key=place)


def name(kind, topic):
    """A topic in words, with what it is where the name alone does not say: `2021년 사업 9. 보안등 교체`."""
    return f"{topic.plan.year}년 사업 {topic}" if kind == "project" else str(topic)


def address(kind, topic):
    """The path of a topic's page."""
    if kind == "project":
        return topic.get_absolute_url()
    return reverse("dong", args=[topic.name]) if kind == "dong" else reverse("councils:body", args=[topic.pk])
