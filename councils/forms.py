"""What visitors may ask of the meeting log and of the library."""

from functools import reduce
from operator import or_

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Replace

from councils.models import Body, DocumentKind, Meeting, MeetingKind
from geumcheon.lib.filters import FilterForm, pick, pick_number, pick_row, search_word

# White space and the middle dots that the plan prints in turn (복지·건강, 복지‧건강, 복지건강) do not count in a search.
IGNORED = (" ", "\n", "\u00a0", "·", "‧", "・")


def squeezed(name):
    """A text field without IGNORED, as a database expression."""
    return reduce(lambda text, sign: Replace(text, Value(sign), Value(""), output_field=TextField()), IGNORED, F(name))


def containing(rows, words, *fields):
    """The rows of whose fields one or another holds each of the words, spaced in whatever way."""
    # One expression per field: SQLite's parser gives up on all fields joined within the replacements.
    aliases = {f"squeezed_{name.replace('__', '_')}": squeezed(name) for name in fields}
    rows = rows.alias(**aliases)
    for word in words.split():
        needle = "".join(sign for sign in word if sign not in IGNORED)
        rows = rows.filter(reduce(or_, (Q(**{f"{alias}__icontains": needle}) for alias in aliases)))
    return rows


class MeetingFilter(FilterForm):
    """GET filters of the log."""

    q = search_word()
    kind = pick_row("종류", MeetingKind.objects.all())
    body = pick_row("기구", Body.objects.real())
    year = pick_number("연도")
    month = pick_number("월", [(n, f"{n}월") for n in range(1, 13)])

    def __init__(self, data, **kwargs):
        super().__init__(data, **kwargs)
        years = Meeting.objects.announced().order_by("-year").values_list("year", flat=True).distinct()
        self.fields["year"].choices = [("", "전체"), *((year, f"{year}년") for year in years)]

    def apply(self, meetings):
        """The meetings that the valid filters leave."""
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("year"):
            meetings = meetings.filter(year=wanted["year"])
        if wanted.get("month"):
            meetings = meetings.filter(starts_on__month=wanted["month"])
        if wanted.get("kind"):
            meetings = meetings.filter(kind=wanted["kind"])
        if wanted.get("body"):
            meetings = meetings.filter(bodies=wanted["body"])
        if wanted.get("q"):
            meetings = containing(
                meetings, wanted["q"], "agenda", "counterpart", "place", "session_label", "kind__name"
            )
        return meetings

    @property
    def asked(self):
        """The valid filters as parameters of an address."""
        return {name: getattr(value, "name", value) for name, value in self.cleaned_data.items() if value}


class LibraryFilter(FilterForm):
    """GET filters of the library."""

    q = search_word()
    kind = pick("종류", DocumentKind.choices)

    def apply(self, documents):
        """The documents that the valid filters leave; words may stand in an article as well as in the document."""
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("kind"):
            documents = documents.filter(kind=wanted["kind"])
        if wanted.get("q"):
            own = containing(documents, wanted["q"], "title", "note", "decided_by")
            cited = containing(
                documents, wanted["q"], "title", "articles__number", "articles__title", "articles__summary"
            )
            documents = documents.filter(Q(pk__in=own.values("pk")) | Q(pk__in=cited.values("pk")))
        return documents
