"""Lists about proposals (where each stands with its amounts, the decisions on it, the funnel a document prints) and events."""

from django.db.models import Count, F, Prefetch, Q
from django.utils import timezone

from councils.models import Body, Meeting
from forums import event_pages, event_words, funnel, hall, survey_results
from forums.models import (
    FEWEST,
    AmountShare,
    Call,
    Channel,
    Event,
    EventFigure,
    EventKind,
    FunnelStep,
    Kinship,
    Priority,
    PriorityItem,
    Proposal,
    ProposalAlias,
    Registration,
    Review,
    ReviewState,
    SeatState,
    Stage,
    Survey,
    SurveyAnswer,
)
from geumcheon.accounts.models import Department, Dong
from geumcheon.lib.money import percent
from geumcheon.opendata.dataset import CHUNK, Dataset, columns
from projects.models import Plan, PlanStatus, Project

# Column: the stages whose amount it gives, in the order they are looked at.
AMOUNTS = {
    "department_krw": ("department",),
    "reviewed_krw": ("review", "selection"),
    "ballot_krw": ("ballot",),
    "confirmed_krw": ("joint",),
    "council_krw": ("resolution",),
    "adjusted_krw": ("adjustment",),
    "final_krw": ("final",),
}
YEAR = ("year", "계획 연도", "어느 해의 계획에 담을 제안인지")


def _proposals():
    return (
        Proposal.objects.public()
        .filter(call__published=True)
        .order_by("call__year", "call__channel__order", "call", "number", "pk")
    )


def _published_reviews():
    return Review.objects.filter(state=ReviewState.PUBLISHED).order_by("stage__order", "pk")


def _sharing():
    """The published reviews that share an amount, with their proposals' titles."""
    shown = _published_reviews().filter(proposal__in=Proposal.objects.public())
    return Prefetch("share__reviews", shown.select_related("proposal"), to_attr="sharing")


def _amount(review):
    return review.share.amount_krw if review.share_id else review.amount_krw


def _others(review):
    """Titles of the other proposals that share a review's amount."""
    if not review.share_id:
        return []
    titles = (other.proposal.title for other in review.share.sharing if other.proposal_id != review.proposal_id)
    return list(dict.fromkeys(titles))


def _department(review, proposal):
    if review.department_id is None:
        return None
    same = review.department_id == proposal.department_id
    return (proposal.departments_text if same else "") or review.department.name


def _shown_project(proposal):
    """A project that everybody may see."""
    project = proposal.project
    return project if project and project.plan.status != PlanStatus.DRAFT else None


def _bodies(proposal):
    """Names of the bodies a proposal stands under (분과 의제: its subcommittee)."""
    return [body.name for body in proposal.bodies.all()]


def _target(proposal):
    """The title of the proposal it went into, or None."""
    return next((kin.target.title for kin in proposal.went_into.all() if not kin.undone_on), None)


def proposals():
    """Amounts are those of the last decision of each stage. Comments, endorsements and authors are nobody's open data."""
    reviews = Prefetch(
        "reviews",
        _published_reviews().select_related("stage", "share").prefetch_related(_sharing()),
        to_attr="decided",
    )
    kin = Prefetch("went_into", Kinship.objects.filter(target__in=Proposal.objects.public()).select_related("target"))
    queryset = _proposals().select_related("call__channel", "stage", "department", "project__plan")
    for p in queryset.prefetch_related(reviews, kin, "aliases", "bodies").iterator(CHUNK):
        by_stage = {review.stage.code: review for review in p.decided}
        amounts = {
            key: next((_amount(by_stage[code]) for code in codes if code in by_stage), None)
            for key, codes in AMOUNTS.items()
        }
        project = _shown_project(p)
        shared = list(dict.fromkeys(title for review in p.decided for title in _others(review)))
        yield (
            p.call.year, p.title, ", ".join(_bodies(p)) or None, p.call.channel.name, p.stage.name, p.requested_krw,
            amounts["department_krw"], amounts["reviewed_krw"], amounts["ballot_krw"], amounts["council_krw"],
            amounts["final_krw"], shared, p.departments_text or (p.department.name if p.department else None),
            project.number if project else None, p.get_state_display(), p.number, amounts["confirmed_krw"],
            amounts["adjusted_krw"], _bodies(p), [alias.name for alias in p.aliases.all()], _target(p), p.place or None, p.body or None,
            p.source or None,
        )  # fmt: skip


PROPOSALS = Dataset(
    name="proposals",
    title="제안",
    description="분과 의제와 시민참여예산 등 제안이 어느 단계에 있고 단계마다 금액이 어떻게 달라졌는지 적습니다. 제안한 사람은 싣지 않습니다.",
    columns=columns(
        YEAR,
        ("title", "제목", "제안의 제목"),
        ("body", "기구", "맡은 기구. 분과 의제는 그 분과, 여럿이면 쉼표로 이음"),
        ("channel", "경로", "금천1번가, 분과 의제, 시민참여예산"),
        ("stage", "단계", "지금 있는 단계, 끝난 제안은 끝난 단계"),
        ("requested_krw", "신청 금액(원)", "제안한 사람이 적은 금액"),
        ("department_krw", "부서조정 금액(원)", "부서가 검토한 금액"),
        ("reviewed_krw", "심사 금액(원)", "심사(분과 의제는 선정)에서 정한 금액. 여럿이 함께 쓰는 금액이면 그 전체"),
        ("ballot_krw", "투표 상정 금액(원)", "주민투표에 올린 금액"),
        ("council_krw", "의결 금액(원)", "협치회의가 의결한 금액"),
        ("final_krw", "최종 금액(원)", "계획에 담긴 금액"),
        ("amount_shared_with", "금액을 함께 쓰는 제안", "금액을 함께 쓰는 다른 제안의 제목(목록)"),
        ("department", "부서", "검토하거나 추진하는 부서"),
        ("project_number", "사업 번호", "이 제안이 된 사업의 번호"),
        ("state", "상태", "진행 중, 끝남, 사업이 됨, 합쳐짐, 나뉨, 거둠"),
        ("number", "번호", "공모 안의 차례"),
        ("confirmed_krw", "합동회의 확정 금액(원)", "합동회의에서 확정한 금액"),
        ("adjusted_krw", "협의조정 금액(원)", "서울시와 협의조정한 금액"),
        ("bodies", "기구 목록", "맡은 분과 등 기구(목록)"),
        ("aliases", "다른 이름", "문서에 적힌 다른 이름(목록)"),
        ("merged_into", "합쳐진 제안", "이 제안이 합쳐진 제안의 제목"),
        ("place", "장소", "제안한 곳"),
        ("text", "내용", "제안의 내용"),
    ),
    rows=proposals,
    tables=(
        Proposal, Call, Channel, Stage, Review, AmountShare, Kinship, ProposalAlias, Proposal.bodies.through, Body,
        Department, Project, Plan,
    ),
    listed=_proposals,
)  # fmt: skip


def _reviews():
    shown = _published_reviews().filter(proposal__in=Proposal.objects.public(), proposal__call__published=True)
    return shown.order_by(
        "proposal__call__year", "proposal__call__channel__order", "proposal__call", "proposal__number", "proposal", "stage__order", "pk"
    )  # fmt: skip


def proposal_reviews():
    """One row a decision; withdrawn ones and drafts are left out."""
    related = ("proposal__call__channel", "proposal__department", "stage", "share", "body", "department", "meeting")
    for r in _reviews().select_related(*related).prefetch_related(_sharing()).iterator(CHUNK):
        body = r.body.name if r.body else r.body_text or None
        yield (
            r.proposal.call.year, r.proposal.title, r.stage.name, r.get_outcome_display(), _amount(r), body,
            _department(r, r.proposal), r.on, r.proposal.call.channel.name, _others(r), r.stage.amount_label or None,
            r.meeting.year if r.meeting else None, r.meeting.no if r.meeting else None, r.reason or None,
            r.source or None,
        )  # fmt: skip


PROPOSAL_REVIEWS = Dataset(
    name="proposal_reviews",
    title="제안의 검토",
    description="제안마다 단계별로 누가 언제 어떻게 정했고 금액과 이유가 무엇인지 적습니다. 계획서에 적히지 않은 것은 비웁니다.",
    columns=columns(
        YEAR,
        ("proposal_title", "제안", "제안의 제목"),
        ("stage", "단계", "정한 단계"),
        (
            "outcome",
            "결과",
            "접수, 발굴, 이관, 적정, 조건부적정, 부적정, 현장 확인, 선정, 미선정, 투표 상정, 확정, 미확정, 의결, 조정",
        ),
        ("amount_krw", "금액(원)", "그 단계에서 정한 금액. 여럿이 함께 쓰는 금액이면 그 전체"),
        ("body", "기구", "정한 기구 또는 문서에 적힌 주체"),
        ("department", "부서", "검토하거나 추진하는 부서"),
        ("date", "날짜", "정한 날. 기간으로만 적힌 단계는 빔"),
        ("channel", "경로", "금천1번가, 분과 의제, 시민참여예산"),
        ("amount_shared_with", "금액을 함께 쓰는 제안", "금액을 함께 쓰는 다른 제안의 제목(목록)"),
        ("amount_label", "금액의 이름", "신청, 부서조정, 심사, 투표 상정, 확정, 의결, 협의조정, 최종"),
        ("meeting_year", "회의 연도", "정한 회의의 연도"),
        ("meeting_no", "회의 번호", "그해 회의 목록의 번호"),
        ("reason", "이유", "공개한 이유. 계획서에 적혀 있지 않으면 빔"),
    ),
    rows=proposal_reviews,
    tables=(Review, Stage, AmountShare, Proposal, Call, Channel, Body, Department, Meeting),
    listed=_reviews,
)


def _events():
    return event_pages.listed().order_by("year", F("starts_at").asc(nulls_last=True), "pk")


def events():
    """One row an event. Nobody's name: people are numbers. The satisfaction is null where no survey tells it."""
    seated = Count("registrations", filter=~Q(registrations__state=SeatState.CANCELLED))
    checked = Count("registrations", filter=Q(registrations__checked_in_at__isnull=False))
    rows = (
        _events()
        .select_related("kind", "dong", "project__plan", "meeting")
        .annotate(registered=seated, checked=checked)
    )
    rated = {row["survey__event"]: (row["satisfied"], row["answers"]) for row in survey_results.rated()}
    for e in rows.iterator(CHUNK):
        day = timezone.localtime(e.starts_at).date() if e.starts_at else None
        satisfied, answers = rated.get(e.pk, (0, 0))
        project = e.project if e.project and e.project.plan.status != PlanStatus.DRAFT else None
        yield (
            e.title, e.get_scale_display() or None, e.kind.name, day, event_words.where(e) or None, e.registered or None,
            event_pages.came(e),
            percent(satisfied, answers) if answers >= FEWEST else None, e.year, e.when_text or None, e.get_state_display(),
            e.dong.name if e.dong else None, project.number if project else None, e.source or None,
        )  # fmt: skip


FORUMS = Dataset(
    name="forums",
    title="공론장과 행사",
    description="공론장, 교육, 워크숍처럼 주민과 만나는 자리가 언제 어디서 열렸고 몇 사람이 왔는지 적습니다. 신청한 사람은 싣지 않습니다.",
    columns=columns(
        ("title", "이름", "행사의 이름"),
        ("scale", "규모", "소규모, 중규모, 대규모"),
        ("kind", "종류", "공론장, 교육, 워크숍 등"),
        ("date", "날짜", "시작하는 날. 정해지지 않았으면 빔"),
        ("place", "장소", "열린 곳"),
        ("registered", "신청", "취소하지 않은 신청의 수. 신청을 받지 않았으면 빔"),
        ("attended", "온 사람", "한 사람씩 확인한 수, 없으면 적은 수, 없으면 회의 기록의 참석 인원. 모르면 빔"),
        ("satisfaction_percent", "만족도(%)", "설문에서 4점과 5점의 비율. 답이 다섯보다 적거나 설문이 없으면 빔"),
        ("year", "연도", "행사를 여는 해"),
        ("when", "적힌 때", "날이 정해지기 전에 문서에 적힌 때"),
        ("state", "상태", "예정, 안내 중, 마침, 취소"),
        ("dong", "동", "행사를 여는 동"),
        ("project_number", "사업 번호", "이 행사를 하는 사업의 번호"),
    ),
    rows=events,
    tables=(Event, EventKind, Registration, Dong, Meeting, Project, Plan, Survey, SurveyAnswer),
    listed=_events,
)


def stated():
    """The printed numbers of proposals and events as rows of stated_figures: (year, label, where, unit, stated, computed, difference, …)."""
    published = set(Plan.objects.published().values_list("year", flat=True))
    for year in sorted(set(funnel.years()) & published):
        for key, label, where, unit, printed, computed, matches, note, source in funnel.findings(year):
            difference = None if computed is None else printed - computed
            yield (
                year, label, where, unit, printed, computed, difference, matches, "funnel", key, note or None, source or None,
            )  # fmt: skip

    for year in sorted(published):
        for found in hall.findings(year):
            f, numbers = found.figure, (found.figure.stated, found.computed, found.difference)
            stated, computed, difference = (int(n) if n == int(n) else float(n) for n in numbers)
            yield (
                year, f.label, f.where, f.unit, stated, computed, difference, found.matches, "event", f.key, f.note or None,
                f.source or None,
            )  # fmt: skip


# What stated() reads.
STATED_TABLES = (
    EventFigure, Event, Priority, PriorityItem, FunnelStep, Channel, Proposal, Call, Review, Stage, AmountShare, Proposal.bodies.through,
)  # fmt: skip
