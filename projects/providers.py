"""What this room and the council on its left can count: meetings, people at them, inspections, publicity, typed values.

Only what is published counts, within the plan's year. A meeting counts once for an indicator, however many links it has.
"""

from decimal import Decimal

from django.db.models import Q

from councils.models import AgendaItem, Meeting, MeetingKind
from geumcheon.accounts.models import Dong
from projects.evidence import ONE, Row
from projects.models import Measurement, ProjectAgenda, ProjectMeeting, Publicity, Visit


def _in_year(plan, field):
    return {f"{field}__year": plan.year}


class Log:
    """The published meetings of a year that the sources can reach, looked up by kind and by project: read once for all that count meetings.

    Seven queries at most, whatever their number. Texts and bodies are read only of meetings whose source asks for them: ten
    thousand meetings have a lot of them.
    """

    def __init__(self, sources, plan):
        self.meetings = Meeting.objects.published().filter(**_in_year(plan, "starts_on"))
        self.by_project = {}
        links = ProjectMeeting.objects.filter(project__plan=plan).values_list("project_id", "meeting_id")
        items = ProjectAgenda.objects.filter(project__plan=plan).values_list("project_id", "item__meeting_id")
        for project, pk in [*links, *items]:
            self.by_project.setdefault(project, set()).add(pk)
        self.kinds = dict(MeetingKind.objects.values_list("pk", "name"))
        reached = self._reached(sources).order_by("starts_on", "no")
        columns = ("pk", "kind_id", "starts_on", "year", "no", "attendees")
        self.rows = {row[0]: row for row in reached.values_list(*columns)}
        self.by_kind = {}
        for pk, row in self.rows.items():
            self.by_kind.setdefault(row[1], []).append(pk)
        with_bodies = [source for source in sources if source.body_ids]
        worded = [source for source in sources if source.word_list]
        self.bodies = self._pairs(Meeting.bodies.through, with_bodies, "body_id")
        self.titles = self._pairs(AgendaItem, worded, "title")
        read = self._reached([*worded, *(source for source in sources if source.indicator.per == "동")])
        self.texts = {pk: texts for pk, *texts in read.values_list("pk", "agenda", "counterpart", "place")}

    def _reached(self, sources):
        """QuerySet of the meetings that the kinds or projects of the sources leave."""
        kinds, projects = set(), set()
        for source in sources:
            if source.own_project:
                projects.add(source.indicator.project_id)
            elif source.kind_ids:
                kinds |= source.kind_ids
            else:
                return self.meetings
        if not sources:
            return self.meetings.none()
        linked = Q(pk__in=ProjectMeeting.objects.filter(project__in=projects).values("meeting"))
        linked |= Q(pk__in=ProjectAgenda.objects.filter(project__in=projects).values("item__meeting"))
        return self.meetings.filter(Q(kind__in=kinds) | linked if projects else Q(kind__in=kinds))

    def _pairs(self, model, sources, field):
        """{meeting pk: {value of `field`}} of rows that hang on the reached meetings; no query without sources."""
        found = {}
        if sources:
            rows = model.objects.filter(meeting__in=self._reached(sources))
            for pk, value in rows.values_list("meeting_id", field):
                found.setdefault(pk, set()).add(value)
        return found

    def found(self, source):
        """Keys of the meetings that a source counts, each once; the narrowest filter first."""
        if source.own_project:
            keys = sorted(self.rows.keys() & self.by_project.get(source.indicator.project_id, set()))
            if source.kind_ids:
                keys = [pk for pk in keys if self.rows[pk][1] in source.kind_ids]
        elif source.kind_ids:
            keys = [pk for kind in source.kind_ids for pk in self.by_kind.get(kind, ())]
        else:
            keys = self.rows
        if source.body_ids:
            keys = [pk for pk in keys if self.bodies.get(pk, set()) & source.body_ids]
        if source.minimum_people:
            keys = [pk for pk in keys if (self.rows[pk][5] or 0) >= source.minimum_people]
        if source.word_list:
            keys = [pk for pk in keys if _has_word(source, *self.texts[pk][:2], *self.titles.get(pk, ()))]
        return keys


def _has_word(source, *texts):
    """Whether any of the source's words stands in the texts, spaces aside; always where it names none."""
    text = "".join("".join(texts).split())
    return not source.word_list or any(word in text for word in source.word_list)


def _meeting_rows(sources, log, value):
    dongs = []
    if any(source.indicator.per == "동" for source in sources):
        dongs = list(Dong.objects.values_list("name", flat=True))
    found = {}
    for source in sources:
        by_dong, rows = source.indicator.per == "동", []
        for pk in log.found(source):
            _, kind, day, year, no, people = log.rows[pk]
            part = next((name for name in dongs if any(name in text for text in log.texts[pk])), "") if by_dong else ""
            rows.append(
                Row(f"{year}-{no} {log.kinds[kind]}", day, value(people), ("councils:meeting", (year, no)), part)
            )
        found[source.pk] = rows
    return found


def meetings(sources, plan, log):
    """Each meeting is one; for an indicator per dong it stands for the dong that its place or agenda names."""
    return _meeting_rows(sources, log, lambda people: ONE)


def attendance(sources, plan, log):
    """Everybody present at the meetings, in people."""
    return _meeting_rows(sources, log, lambda people: Decimal(people or 0))


def _project_rows(sources, found):
    """{source pk: rows}; found: [(project pk, text the words are looked for in, Row)]."""
    by_project = {}
    for project, text, row in found:
        by_project.setdefault(project, []).append((text, row))
    return {
        source.pk: [row for text, row in by_project.get(source.indicator.project_id, ()) if _has_word(source, text)]
        for source in sources
    }


def inspections(sources, plan):
    """Visits of the inspection teams of the indicator's project."""
    visits = Visit.objects.filter(team__project__plan=plan, **_in_year(plan, "on")).select_related("team__project")
    found = []
    for visit in visits:
        project, title = visit.team.project, f"{visit.team} {visit.get_way_display()} 점검"
        address = ("projects:team", (plan.year, project.number, visit.team_id))
        found.append((project.pk, f"{title} {visit.text}", Row(title, visit.on, ONE, address)))
    return _project_rows(sources, found)


def publicity(sources, plan):
    """The publicity log of the indicator's project."""
    rows = Publicity.objects.filter(project__plan=plan, **_in_year(plan, "on")).select_related("project")
    found = []
    for piece in rows:
        title = f"{piece.get_channel_display()} · {piece.title}"
        address = piece.link or ("projects:publicity_file", (plan.year, piece.project.number, piece.pk))
        found.append((piece.project_id, title, Row(title, piece.on, ONE, address)))
    return _project_rows(sources, found)


def measurements(sources, plan):
    """Typed values that the secretariat confirmed; they count for every indicator beside what is counted.

    In the order they were entered: of two on one day the later is the last.
    """
    by_indicator = {source.indicator_id: source for source in sources}
    found = {}
    confirmed = Measurement.objects.filter(indicator__project__plan=plan, state=Measurement.State.CONFIRMED)
    for typed in confirmed.select_related("dong").order_by("on", "pk"):
        source = by_indicator.get(typed.indicator_id)
        if source:
            part = typed.dong.name if typed.dong else typed.part
            row = Row(
                typed.evidence, typed.on, typed.value, _shown_by(typed, source.indicator, plan), part, typed.base or 1
            )
            found.setdefault(source.pk, []).append(row)
    return found


def _shown_by(typed, indicator, plan):
    """Where the evidence of a typed value is: its own address, its file, or nowhere but in its words."""
    if typed.link or not typed.file:
        return typed.link
    return ("projects:measurement_file", (plan.year, indicator.project.number, indicator.order, typed.pk))


def register(to):
    """Fill the register at start-up."""
    to.add("meetings", "회의", meetings, reads=[Log])
    to.add("attendance", "회의 참석 인원", attendance, reads=[Log])
    to.add("inspections", "주민 점검", inspections)
    to.add("publicity", "홍보", publicity)
    to.add("measurement", "적어 넣은 값", measurements, always=True)
