"""What can be found: every room's public rows as search entries, and a fingerprint that tells when they changed."""

from django.db.models import Max
from django.urls import reverse

from budgets.models import BudgetLine
from councils.models import Body, BodyAlias, Document, Meeting
from geumcheon.accounts.models import Department, Dong
from geumcheon.lib.money import won
from geumcheon.models import EntryKind, SearchEntry
from projects.models import Indicator, Partner, PastProject, Plan, Project, Stage

# Tables whose newest history entry tells that something public changed.
_TRACKED = (Plan, Project, Partner, Stage, Indicator, BudgetLine, Body, Meeting)
_COUNTED = (Plan, Project, BudgetLine, Meeting, Body, BodyAlias, Document, PastProject, Department, Dong)


def fingerprint():
    """A short text that changes when a public row is added, removed or changed through the portal."""
    newest = [model.history.aggregate(newest=Max("history_id"))["newest"] or 0 for model in _TRACKED]
    return "-".join(map(str, [*newest, *(model.objects.count() for model in _COUNTED)]))


def entries():
    """Every SearchEntry the rows give, unsaved, with unique keys."""
    yield from _pages()
    for order, project in enumerate(_projects(), 1):
        yield _project(order, project)
    for order, line in enumerate(_lines(), 1):
        yield _line(order, line)
    for order, meeting in enumerate(Meeting.objects.select_related("kind").prefetch_related("bodies"), 1):
        yield _meeting(order, meeting)
    for order, body in enumerate(Body.objects.prefetch_related("aliases", "seats", "rules", "offices"), 1):
        yield _body(order, body)
    for order, document in enumerate(Document.objects.prefetch_related("articles"), 1):
        yield _document(order, document)
    for order, past in enumerate(PastProject.objects.select_related("department"), 1):
        yield _past(order, past)


def _pages():
    pages = [
        ("home", [], "첫 화면", "금천구협치회의 올해 하는 일"),
        ("councils:index", [], "협치회의", "기구 자리 임기 규칙 분과 운영위원회"),
    ]
    pages += [
        ("councils:library", [], "자료실", "조례 운영세칙 기본계획"),
        ("councils:meetings", [], "회의 목록", "협치활동 공론장 회의록"),
    ]
    for plan in Plan.objects.published():
        pages += [
            ("projects:list", [plan.year], f"{plan.year} 사업 목록", plan.title),
            (
                "projects:plan",
                [plan.year],
                f"{plan.year} 계획 수립 과정",
                f"{plan.title} {plan.basis} {plan.background}",
            ),
            ("budgets:overview", [plan.year], f"{plan.year} 예산", "재원 편성목 통계목 시비 구비 경상 자본"),
            ("budgets:reconciliation", [plan.year], f"{plan.year} 대조", "적힌 수 계산한 수 차이"),
        ]
    for order, (name, args, title, text) in enumerate(pages, 1):
        url = reverse(name, args=args)
        yield SearchEntry(kind=EntryKind.PAGE, key=f"page:{url}", title=title, text=text, url=url, order=order)


def _projects():
    related = ("aliases", "parts", "partners", "stages", "indicators", "project_bodies__body", "dongs")
    return Project.objects.published().select_related("plan", "group").prefetch_related(*related)


def _project(order, p):
    names = " ".join(alias.name for alias in p.aliases.all())
    fields = [names, p.bodies_label, p.origin, p.place, p.summary, p.goals, p.background, p.direction, p.contingency]
    fields += [dong.name for dong in p.dongs.all()]
    fields += [f"{part.title} {part.items}" for part in p.parts.all()]
    fields += [f"{partner.name} {partner.function} {partner.roles}" for partner in p.partners.all()]
    fields += [f"{stage.title} {stage.tasks}" for stage in p.stages.all()]
    fields += [f"{i.objective} {i.name} {i.target_text}" for i in p.indicators.all()]
    return SearchEntry(
        kind=EntryKind.PROJECT,
        key=f"project:{p.plan.year}:{p.number}",
        title=f"{p.plan.year} 사업 {p.number}. {p.name}",
        text=_text(fields),
        url=p.get_absolute_url(),
        order=order,
    )


def _lines():
    return BudgetLine.objects.published().select_related("project__plan", "item__group")


def _line(order, line):
    return SearchEntry(
        kind=EntryKind.LINE,
        key=f"line:{line.project.plan.year}:{line.project.number}:{line.order}",
        title=f"{line.description} {won(line.amount_krw)}",
        text=_text([line.heading, line.details, line.formula, line.item.group.name, line.item.name, line.project.name]),
        url=line.get_absolute_url(),
        order=order,
    )


def _meeting(order, m):
    bodies = " ".join(body.name for body in m.bodies.all())
    return SearchEntry(
        kind=EntryKind.MEETING,
        key=f"meeting:{m.year}:{m.no}",
        title=f"{m.starts_on:%Y. %-m. %-d.} {m.kind} {m.session_label}".strip(),
        text=_text([m.agenda, bodies, m.counterpart, m.place]),
        url=m.get_absolute_url(),
        order=order,
    )


def _body(order, b):
    fields = [" ".join(alias.name for alias in b.aliases.all()), b.vision, b.purpose]
    fields += [f"{seat.label} {seat.size}" for seat in b.seats.all()] + [rule.text for rule in b.rules.all()]
    fields += [office.name for office in b.offices.all()]
    url = reverse("councils:body", args=[b.pk])
    return SearchEntry(kind=EntryKind.BODY, key=f"body:{b.pk}", title=b.name, text=_text(fields), url=url, order=order)


def _document(order, d):
    fields = [d.kind, d.decided_by, d.note, *(f"{a.number} {a.title} {a.summary}" for a in d.articles.all())]
    url = reverse("councils:library")
    return SearchEntry(
        kind=EntryKind.DOCUMENT, key=f"document:{d.pk}", title=d.title, text=_text(fields), url=url, order=order
    )


def _past(order, p):
    fields = [p.department.name, p.place, p.purpose, p.methods, p.results, p.outcome]
    title = f"{p.year} {p.number} {p.name}"
    url = reverse("projects:past")
    return SearchEntry(
        kind=EntryKind.PAST, key=f"past:{p.year}:{p.number}", title=title, text=_text(fields), url=url, order=order
    )


def _text(fields):
    return " ".join(" ".join(field.split()) for field in fields if field)
