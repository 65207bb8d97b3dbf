"""What can be found: every room's public rows as search entries, and a fingerprint that tells when they changed."""

import hashlib

from django.db.models import Max
from django.urls import reverse

from budgets.models import BudgetLine
from councils.models import Body, BodyAlias, Document, Meeting, Notice
from forums import event_pages, event_words, story_pages
from forums.models import Call, Event, Proposal, ProposalAlias, Story
from geumcheon.accounts.models import Department, Dong
from geumcheon.lib import clock
from geumcheon.lib.money import won
from geumcheon.models import EntryKind, SearchEntry
from projects.models import Indicator, Partner, PastProject, Plan, Project, Stage
from voting.models import Round

# Tables whose newest history entry tells that something public changed.
_TRACKED = (
    Plan,
    Project,
    Partner,
    Stage,
    Indicator,
    BudgetLine,
    Body,
    Meeting,
    Notice,
    Proposal,
    Call,
    Event,
    Story,
    Round,
)
_COUNTED = (
    Plan, Project, BudgetLine, Meeting, Body, BodyAlias, Document, PastProject, Department, Dong, Proposal, ProposalAlias,
    Event,
)  # fmt: skip

PROPOSAL_KEY = "proposal:"


def fingerprint():
    """A short text that changes when a public row is added, removed or changed through the portal."""
    newest = [model.history.aggregate(newest=Max("history_id"))["newest"] or 0 for model in _TRACKED]
    # A notice or a story comes out on its day without anybody writing a row.
    counts = [*(model.objects.count() for model in _COUNTED), Notice.objects.visible(clock.today()).count()]
    counts.append(story_pages.listed().count())  # a story too
    told = "-".join(map(str, [*newest, *counts]))
    return hashlib.sha256(told.encode()).hexdigest()


def entries():
    """Every SearchEntry the rows give, unsaved, with unique keys."""
    yield from _pages()
    for order, project in enumerate(_projects(), 1):
        yield _project(order, project)
    for order, proposal in enumerate(_proposals().iterator(1_000), 1):
        yield _proposal(order, proposal)
    for order, line in enumerate(_lines(), 1):
        yield _line(order, line)
    for order, meeting in enumerate(_meetings(), 1):
        yield _meeting(order, meeting)
    for order, body in enumerate(Body.objects.real().prefetch_related("aliases", "seats", "rules", "offices"), 1):
        yield _body(order, body)
    for order, document in enumerate(Document.objects.prefetch_related("articles"), 1):
        yield _document(order, document)
    for order, past in enumerate(PastProject.objects.select_related("department"), 1):
        yield _past(order, past)
    for order, notice in enumerate(Notice.objects.visible(clock.today()).prefetch_related("dongs"), 1):
        yield _notice(order, notice)
    for order, event in enumerate(
        event_pages.listed().select_related("kind", "dong", "project").order_by("-year", "pk"), 1
    ):
        yield _event(order, event)
    for order, story in enumerate(story_pages.listed().prefetch_related("dongs"), 1):
        yield _story(order, story)
    for order, round in enumerate(Round.objects.visible().prefetch_related("contests__options"), 1):
        yield _round(order, round)


def _pages():
    pages = [
        ("home", [], "첫 화면", "금천구협치회의 올해 하는 일"),
        ("councils:index", [], "협치회의", "기구 자리 임기 규칙 분과 운영위원회"),
    ]
    pages += [
        ("councils:library", [], "자료실", "조례 운영세칙 기본계획"),
        ("councils:meetings", [], "회의 목록", "협치활동 공론장 회의록"),
        ("councils:notices", [], "공지사항", "주민투표 제안 공모 위원 모집 공론장 행사 결과 발표 알림"),
        ("voting:rounds", [], "주민투표", "투표하기 지난 투표 결과 내 표 확인 게시판"),
        ("stories", [], "협치이야기", "사진 동네 소식 이야기"),
        ("events", [], "공론장·행사", "공론장 협치론장 교육 워크숍 설명회 성과공유회 신청 대기"),
        ("dongs", [], "우리 동네", "동마다 하는 사업과 사업비"),
        ("accessibility", [], "접근성 안내", "웹 접근성 키보드 화면 낭독기 큰 글자"),
        ("privacy", [], "개인정보 처리방침", "모으는 것 목적 근거 보유 기간 파기 쿠키"),
        ("terms", [], "이용약관", "계정 자료와 수치 약속"),
    ]
    pages += [
        ("dong", [dong.name], dong.name, "이 동을 적은 사업, 열려 있는 공지, 물어볼 부서")
        for dong in Dong.objects.all()
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
            (
                "proposal_funnel",
                [plan.year],
                f"{plan.year} 제안이 걸러진 길",
                "제안의 단계별 수 분과 의제 시민참여예산 금천1번가 이관 심사 선정 투표",
            ),
        ]
    for order, (name, args, title, text) in enumerate(pages, 1):
        url = reverse(name, args=args)
        yield SearchEntry(kind=EntryKind.PAGE, key=f"page:{url}", title=title, text=text, url=url, order=order)


def _projects():
    related = ("aliases", "parts", "partners", "stages", "indicators", "project_bodies__body", "dongs")
    return Project.objects.published().select_related("plan", "group").prefetch_related(*related)


def _project(order, p):
    names = " ".join(alias.name for alias in p.aliases.all())
    fields = [p.summary, names, p.bodies_label, p.origin, p.place, p.goals, p.background, p.direction, p.contingency]
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


def _proposals():
    """Public ones only: neither drafts nor what moderators hid."""
    shown = Proposal.objects.public().filter(call__published=True).order_by("-call__year", "call", "number", "pk")
    return shown.select_related("call__channel", "department", "dong").prefetch_related("aliases", "bodies")


def _proposal(order, p):
    fields = [" ".join(alias.name for alias in p.aliases.all()), p.body, p.place, p.dong.name if p.dong else ""]
    fields += [p.call.channel.name, p.departments_text, p.department.name if p.department else ""]
    fields += [body.name for body in p.bodies.all()]
    return SearchEntry(
        kind=EntryKind.PROPOSAL,
        key=f"{PROPOSAL_KEY}{p.pk}",
        title=f"{p.call.year} 제안 {p.title}",
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


def _meetings():
    return Meeting.objects.published().select_related("kind").prefetch_related("bodies", "items__decision")


def _meeting(order, m):
    """A published record with its minutes, agenda and decisions; drafts are nobody's to find."""
    bodies = " ".join(body.name for body in m.bodies.all())
    fields = [m.agenda, bodies, m.counterpart, m.place]
    for item in m.items.all():
        fields += [item.title, item.text]
        decision = getattr(item, "decision", None)
        fields += [decision.get_outcome_display(), decision.text] if decision else []
    fields.append(m.minutes)
    return SearchEntry(
        kind=EntryKind.MEETING,
        key=f"meeting:{m.year}:{m.no}",
        title=f"{m.starts_on:%Y. %-m. %-d.} {m.kind} {m.session_label}".strip(),
        text=_text(fields),
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
    url = f"{reverse('councils:library')}#document-{d.pk}"
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


def _notice(order, n):
    """A notice: its kind, text and dongs."""
    dongs = " ".join(dong.name for dong in n.dongs.all()) or "구 전체"
    return SearchEntry(
        kind=EntryKind.NOTICE,
        key=f"notice:{n.pk}",
        title=n.title,
        text=_text([n.get_kind_display(), n.text, dongs]),
        url=n.get_absolute_url(),
        order=order,
    )


def _event(order, e):
    fields = [event_words.when(e), e.kind.name, e.text, e.place, e.dong.name if e.dong else ""]
    fields += [e.project.name if e.project else "", e.get_audience_display(), e.get_level_display()]
    return SearchEntry(
        kind=EntryKind.EVENT,
        key=f"event:{e.pk}",
        title=f"{e.year} {e.title}",
        text=_text(fields),
        url=e.get_absolute_url(),
        order=order,
    )


def _story(order, s):
    """A story everybody may read, with its dongs."""
    return SearchEntry(
        kind=EntryKind.STORY,
        key=f"story:{s.pk}",
        title=s.title,
        text=_text([s.text, " ".join(dong.name for dong in s.dongs.all())]),
        url=s.get_absolute_url(),
        order=order,
    )


def _round(order, r):
    """A vote: its purpose, papers and options, never a result before its page tells it."""
    fields = ["주민투표", r.purpose]
    for contest in r.contests.all():
        fields += [contest.title, *(f"{option.title} {option.description}" for option in contest.options.all())]
    return SearchEntry(
        kind=EntryKind.VOTE,
        key=f"vote:{r.slug}",
        title=r.title,
        text=_text(fields),
        url=r.get_absolute_url(),
        order=order,
    )


def _text(fields):
    """The fields in one line with a sign between them that no search sees (tokens.squeeze)."""
    return " · ".join(" ".join(field.split()) for field in fields if field and field.strip())
