"""sitemap.xml in parts, one per kind of page, and robots.txt. `lastmod` stands only where a change history tells it."""

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as stock
from django.db.models import Max
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from budgets.models import BudgetLine
from councils.models import Body, Meeting, Notice
from forums import event_pages, story_pages
from forums.models import Event, Proposal, Story
from geumcheon.accounts.models import Dong
from geumcheon.lib import clock
from projects.models import Indicator, Partner, Plan, Project, Stage
from voting.models import Round

PER_PART = 5_000

PAGES = (
    "home", "councils:index", "councils:library", "councils:meetings", "councils:notices", "projects:past", "open_data:catalogue",
    "dongs", "events", "stories", "voting:rounds", "accessibility", "privacy", "terms",
)  # fmt: skip
PLAN_PAGES = (
    "projects:list",
    "projects:plan",
    "projects:results",
    "budgets:overview",
    "budgets:lines",
    "budgets:reconciliation",
    "proposal_funnel",
)

# Places with nothing to read or the same rows in another order. A filtered or paged list is what has a `?`.
DISALLOWED = (
    "/admin/",
    "/accounts/",
    "/exports/",
    "/search/",
    "/open-data/all/",
    "/forums/own/",
    "/forums/check-in/",
    "/topics/",
    "/*?",
)


class Part(Sitemap):
    """One part: rows with their addresses; the time of the newest entry in their history where `changes` names it."""

    limit = PER_PART
    changes = None  # {pk: newest history_date}

    def lastmod(self, item):
        if self.changes is None:
            self.changes = self.read_changes()
        return self.changes.get(item.pk)

    def read_changes(self):
        return {}


class StaticPages(Part):
    """Pages without a row of their own."""

    def items(self):
        years = Plan.objects.published().order_by("-year").values_list("year", flat=True)
        return [(name, ()) for name in PAGES] + [(name, (year,)) for year in years for name in PLAN_PAGES]

    def location(self, item):
        name, args = item
        return reverse(name, args=args)

    def lastmod(self, item):
        return None


class Projects(Part):
    def items(self):
        return Project.objects.published().select_related("plan").order_by("plan__year", "number")

    def read_changes(self):
        """The newest of a project's own history and of the rows its page shows."""
        found = newest(Project, "id")
        for model in (Partner, Stage, Indicator, BudgetLine):
            for pk, moment in newest(model, "project_id").items():
                found[pk] = max(moment, found.get(pk, moment))
        return found


class Lines(Part):
    def items(self):
        return BudgetLine.objects.published().select_related("project__plan").order_by("pk")

    def read_changes(self):
        return newest(BudgetLine, "id")


class Bodies(Part):
    def items(self):
        return Body.objects.real().order_by("pk")

    def location(self, body):
        return reverse("councils:body", args=[body.pk])

    def read_changes(self):
        return newest(Body, "id")


class Meetings(Part):
    def items(self):
        return Meeting.objects.announced().order_by("year", "no")

    def read_changes(self):
        return newest(Meeting, "id")


class Notices(Part):
    def items(self):
        return Notice.objects.visible(clock.today()).order_by("pk")

    def read_changes(self):
        return newest(Notice, "id")


class Proposals(Part):
    def items(self):
        return Proposal.objects.public().filter(call__published=True).order_by("pk")

    def read_changes(self):
        return newest(Proposal, "id")


class Events(Part):
    def items(self):
        return event_pages.listed().order_by("pk")

    def read_changes(self):
        return newest(Event, "id")


class Stories(Part):
    def items(self):
        return story_pages.listed().order_by("pk")

    def read_changes(self):
        return newest(Story, "id")


class Rounds(Part):
    def items(self):
        return Round.objects.visible().order_by("pk")

    def read_changes(self):
        return newest(Round, "id")


class Dongs(Part):
    def items(self):
        return Dong.objects.all()

    def location(self, dong):
        return reverse("dong", args=[dong.name])


PARTS = {
    "pages": StaticPages,
    "projects": Projects,
    "lines": Lines,
    "bodies": Bodies,
    "meetings": Meetings,
    "notices": Notices,
    "proposals": Proposals,
    "events": Events,
    "stories": Stories,
    "votes": Rounds,
    "dongs": Dongs,
}


def newest(model, key):
    """{key: newest history_date} of a model's history, one query."""
    return dict(model.history.order_by().values_list(key).annotate(newest=Max("history_date")))


@require_safe
def index(request):
    """The list of parts."""
    return stock.index(request, PARTS, template_name="pages/sitemap_index.xml", sitemap_url_name="sitemap_part")


@require_safe
def part(request, section):
    """The addresses of one part; 404 for an unknown one."""
    return stock.sitemap(request, PARTS, section=section, template_name="pages/sitemap.xml")


@require_safe
def robots(request):
    """What search engines should leave out, and where the list of pages is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in DISALLOWED), "Allow: /sitemap-", ""]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
