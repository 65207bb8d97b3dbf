"""Topics somebody follows, for tests, and what was new in a week."""

from datetime import datetime

from django.utils.timezone import make_aware

from councils.models import Body
from forums.models import TopicFollow
from geumcheon.accounts.models import Dong
from geumcheon.lib import clock
from projects.models import Project
from tests.forums.people import resident

MONDAY = make_aware(datetime(2027, 3, 8, 8))  # the digests of this morning tell of 1 to 7 March
THURSDAY = make_aware(datetime(2027, 3, 4, 15))


def a_project():
    return Project.objects.get(plan__year=2021, number=9)


def a_dong():
    return Dong.objects.get(name="가산동")


def a_body():
    """The subcommittee that carries the project."""
    return Body.objects.get(kind="subcommittee", projects=a_project())


def a_follow(user=None, **topic):
    """Somebody who follows the project, or another topic."""
    topic = topic or {"project": a_project()}
    return TopicFollow.objects.create(user=user or resident("reader"), consented_at=clock.now(), **topic)
