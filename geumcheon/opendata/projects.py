"""Lists about plans: how they are made, their projects, partners, stages, indicators, and projects of earlier years."""

from django.db.models import CharField, OuterRef, Subquery
from django.db.models.functions import Cast

from budgets.models import BudgetRollup, BudgetVersion, Dimension
from councils.models import Body
from geumcheon.accounts.models import Department, Dong
from geumcheon.lib.text import lines
from geumcheon.opendata.dataset import CHUNK, Dataset, columns, number, published
from projects.models import (
    Indicator,
    IndicatorResult,
    Partner,
    PastProject,
    Plan,
    PlanStep,
    Project,
    ProjectAlias,
    ProjectBody,
    ProjectGroup,
    ResultState,
    Side,
    Stage,
)

PLAN_YEAR = ("plan_year", "계획 연도", "지역사회혁신계획의 연도")
PROJECT_NUMBER = ("project_number", "사업 번호", "그 계획 안의 사업 번호")


def stored(dimension, field, **where):
    """Subquery of one stored sum (won) of the plan's current budget version; null where nothing is stored."""
    rollups = BudgetRollup.objects.filter(version__is_current=True, dimension=dimension, **where)
    return Subquery(rollups.order_by("order", "key").values(field)[:1])


# --- plans --------------------------------------------------------------------------------------------------------


def _plans():
    return Plan.objects.published().order_by("year")


def plans():
    sums = {
        f: stored(Dimension.PLAN, f, version__plan=OuterRef("pk")) for f in ("city_krw", "district_krw", "total_krw")
    }
    fields = ("year", "title", "status", *sums, "source")
    for *row, source in _plans().annotate(**sums).values_list(*fields).iterator(CHUNK):
        yield (*row, source or None)


PLANS = Dataset(
    name="plans",
    title="계획",
    description="해마다 세우는 지역사회혁신계획과 그 예산 합계입니다. 합계는 산출내역의 행에서 계산해 저장한 값입니다.",
    columns=columns(
        ("year", "연도", "계획의 연도"),
        ("title", "제목", "계획의 제목"),
        ("status", "상태", "published는 시행 중, closed는 마감"),
        ("city_krw", "시비(원)", "서울시가 대는 돈의 합계, 원"),
        ("district_krw", "구비(원)", "금천구가 대는 돈의 합계, 원"),
        ("total_krw", "합계(원)", "시비와 구비의 합계, 원"),
    ),
    rows=plans,
    tables=(Plan, BudgetRollup, BudgetVersion),
    listed=_plans,
)


def _plan_steps():
    return published(PlanStep.objects.order_by("year", "order", "plan__year"), "plan")


def plan_steps():
    fields = ("year", "order", "title", "starts_on", "ends_on", "when", "body", "plan__year", "source")
    rows = _plan_steps().values_list(*fields).iterator(CHUNK)
    for year, order, title, start, end, when, body, stated_in, source in rows:
        yield year, order, title, start, end, when or None, body or None, stated_in, source or None


PLAN_STEPS = Dataset(
    name="plan_steps",
    title="계획의 수립 과정",
    description="계획을 세우는 과정의 단계와 날짜입니다. 2021년 계획서는 2021년 계획의 과정과 2022년 계획을 세울 과정을 함께 적고 있습니다.",
    columns=columns(
        ("plan_year", "계획 연도", "이 과정으로 만드는 계획의 연도"),
        ("order", "순서", "그 계획 안의 차례"),
        ("title", "단계", "단계의 이름"),
        ("start", "시작일", "시작하는 날"),
        ("end", "마지막 날", "마지막 날(그날 포함). 문서가 하루만 적으면 빔"),
        ("when", "때", "문서에 적힌 그대로"),
        ("body", "내용", "그 단계에서 하는 일"),
        ("stated_in", "적은 계획의 연도", "이 과정을 적어 둔 계획서의 연도"),
    ),
    rows=plan_steps,
    tables=(PlanStep, Plan),
    listed=_plan_steps,
)


# --- projects -----------------------------------------------------------------------------------------------------


def _projects():
    return Project.objects.published().order_by("plan__year", "number")


def projects():
    of_project = {"version__plan": OuterRef("plan_id"), "key": Cast(OuterRef("number"), CharField())}
    queryset = (
        _projects()
        .select_related("plan", "group")
        .prefetch_related("aliases", "project_bodies__body", "dongs", "partners")
        .annotate(city=stored(Dimension.PROJECT, "city_krw", **of_project))
        .annotate(district=stored(Dimension.PROJECT, "district_krw", **of_project))
    )
    for project in queryset.iterator(CHUNK):
        partners = {side: {} for side in Side.values}  # a dict keeps the printed order and each name once
        for partner in project.partners.all():
            partners[partner.side][partner.name] = True
        yield (
            project.plan.year,
            project.number,
            project.name,
            [alias.name for alias in project.aliases.all()],
            project.group.name,
            project.bodies_label or None,
            project.period or None,
            project.place or None,
            [dong.name for dong in project.dongs.all()],
            project.city,
            project.district,
            *(list(partners[side]) for side in (Side.LEAD, Side.PARTNER, Side.CIVIL)),
            lines(project.goals),
            project.origin or None,
            project.source or None,
        )


PROJECTS = Dataset(
    name="projects",
    title="사업",
    description="계획에 담긴 사업마다 이름, 추진분과, 시기와 장소, 예산, 함께하는 부서와 민간주체, 사업목표를 적습니다.",
    columns=columns(
        PLAN_YEAR,
        ("number", "번호", "그 계획 안의 사업 번호"),
        ("name", "사업명", "사업 총괄표에 적힌 이름"),
        ("aliases", "다른 이름", "계획의 다른 곳에 적힌 이름(목록)"),
        ("group", "구분", "총괄표의 구분"),
        ("subcommittee", "추진분과", "사업을 맡은 분과나 기구"),
        ("period", "사업추진시기", "문서에 적힌 그대로"),
        ("place", "장소", "문서가 장소를 적은 사업만"),
        ("dongs", "동", "문서가 동을 적은 사업만(목록)"),
        ("city_krw", "시비(원)", "사업의 시비, 원"),
        ("district_krw", "구비(원)", "사업의 구비, 원"),
        ("lead_departments", "주무부서", "주무부서(목록)"),
        ("partner_departments", "협업부서", "협업부서(목록)"),
        ("civil_partners", "민간주체", "민간주체(목록)"),
        ("goals", "사업목표", "사업목표(목록)"),
        ("origin", "나온 곳", "분과 의제 또는 시민참여예산. 제도기반 사업은 빔"),
    ),
    rows=projects,
    tables=(
        Project, Plan, ProjectGroup, ProjectAlias, ProjectBody, Body, Project.dongs.through, Dong, Partner, BudgetRollup,
        BudgetVersion,
    ),
    listed=_projects,
)  # fmt: skip


def _partners():
    return published(Partner.objects.order_by("project__plan__year", "project__number", "order"), "project__plan")


def partners():
    fields = ("project__plan__year", "project__number", "side", "name", "function", "roles", "order", "source")
    for year, project, side, name, function, roles, order, source in _partners().values_list(*fields).iterator(CHUNK):
        yield year, project, side, name, function or None, lines(roles), order, source or None


PARTNERS = Dataset(
    name="partners",
    title="협력 주체",
    description="사업마다 함께하는 부서와 민간주체의 기능과 역할입니다. 한 곳이 기능을 둘 맡으면 두 행입니다.",
    columns=columns(
        PLAN_YEAR,
        PROJECT_NUMBER,
        ("side", "구분", "주무부서, 협업부서, 민간주체 가운데 하나"),
        ("name", "이름", "문서에 적힌 이름"),
        ("function", "기능", "맡은 기능"),
        ("roles", "역할", "맡은 일(목록)"),
        ("order", "순서", "그 사업 안에서 적힌 차례"),
    ),
    rows=partners,
    tables=(Partner, Project, Plan),
    listed=_partners,
)


def _stages():
    return published(Stage.objects.order_by("project__plan__year", "project__number", "order"), "project__plan")


def stages():
    fields = ("project__plan__year", "project__number", "order", "kind", "title", "when", "tasks", "source")
    for year, project, order, kind, title, when, tasks, source in _stages().values_list(*fields).iterator(CHUNK):
        yield year, project, order, kind or None, title, when or None, lines(tasks), source or None


STAGES = Dataset(
    name="stages",
    title="추진 단계",
    description="사업마다 밟는 단계와 때, 할 일입니다. 1번과 2번 사업은 문서가 달을 막대로 그려 두어 성격과 때가 비어 있습니다.",
    columns=columns(
        PLAN_YEAR,
        PROJECT_NUMBER,
        ("order", "단계", "그 사업 안의 차례"),
        ("kind", "성격", "계획, 공유, 협업, 실행, 평가, 환류 등"),
        ("title", "제목", "단계의 이름"),
        ("when", "때", "문서에 적힌 그대로"),
        ("tasks", "할 일", "할 일(목록)"),
    ),
    rows=stages,
    tables=(Stage, Project, Plan),
    listed=_stages,
)


# --- indicators ---------------------------------------------------------------------------------------------------


def _indicators():
    return published(Indicator.objects.order_by("project__plan__year", "project__number", "order"), "project__plan")


# An indicator that is under way is neither.
ACHIEVED = {ResultState.REACHED: True, ResultState.MISSED: False}


def indicators():
    """Results as the rollup stored them: without evidence measured_value and achieved are null, evidence_count 0."""
    fields = ("project__plan__year", "project__number", "phase", "objective", "name", "target_text", "comparator")
    fields += ("target_value", "unit", "per", "method", "result__value", "result__state", "result__evidence_count")
    rows = _indicators().values_list(*fields, "order", "source").iterator(CHUNK)
    for *row, target, unit, per, method, value, state, count, order, source in rows:
        read = number(target), unit or None, per or None, method or None
        measured = number(value), ACHIEVED.get(state), count or 0
        yield *row, *read, *measured, order, source or None


INDICATORS = Dataset(
    name="indicators",
    title="성과지표",
    description="사업마다 정한 성과지표와 목표, 근거가 되는 기록에서 계산한 값입니다. 목표는 적힌 그대로와 읽어 낸 수를 함께 적습니다. 2021년 계획은 결과 자료가 없어 측정값이 비어 있습니다.",
    columns=columns(
        PLAN_YEAR,
        PROJECT_NUMBER,
        ("phase", "구분", "과정평가 또는 성과평가"),
        ("objective", "사업목표", "지표가 재는 사업목표"),
        ("indicator", "성과지표", "지표의 이름"),
        ("target_text", "성과목표", "문서에 적힌 그대로"),
        ("comparator", "비교", ">=, <=, <, >, = 또는 text(예·아니요). 수만 적힌 목표는 ="),
        ("target_value", "목표값", "읽어 낸 수. 예·아니요 지표는 빔"),
        ("unit", "단위", "수의 단위. 만원 등으로 적힌 금액은 원"),
        ("per", "기준", "동, 분기, 연, 월, 일마다면 그 기준"),
        ("method", "측정 방법", "문서에 적힌 그대로"),
        ("measured_value", "측정값", "근거에서 계산한 값. 동·분기마다 재는 지표는 목표에 이른 몫의 수. 없으면 빔"),
        ("achieved", "달성", "달성이면 예, 미달성이면 아니요. 아직 진행 중이거나 잰 값이 없으면 빔"),
        ("evidence_count", "근거 수", "측정의 근거가 되는 기록의 수"),
        ("order", "순서", "그 사업 안의 차례"),
    ),
    rows=indicators,
    tables=(Indicator, IndicatorResult, Project, Plan),
    listed=_indicators,
)


# --- projects of earlier years ------------------------------------------------------------------------------------


def _past_projects():
    return PastProject.objects.order_by("year", "order", "number")


def past_projects():
    fields = ("year", "number", "name", "department__name", "cost_krw", "period", "place", "source")
    for *row, period, place, source in _past_projects().values_list(*fields).iterator(CHUNK):
        yield *row, period or None, place or None, source or None


PAST_PROJECTS = Dataset(
    name="past_projects",
    title="지난 사업",
    description="이전 해에 마친 협치 사업입니다. 2019년에는 이름이 같은 사업이 둘 있어 번호로 나눕니다.",
    columns=columns(
        ("year", "연도", "사업을 한 해"),
        ("number", "번호", "문서에 적힌 그대로. 예: 1-3"),
        ("name", "사업명", "사업의 이름"),
        ("department", "부서", "추진부서"),
        ("cost_krw", "사업비(원)", "쓴 돈, 원"),
        ("period", "사업기간", "문서에 적힌 그대로"),
        ("place", "사업장소", "문서에 적힌 그대로"),
    ),
    rows=past_projects,
    tables=(PastProject, Department),
    listed=_past_projects,
)
