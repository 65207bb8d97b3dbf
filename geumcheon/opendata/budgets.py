"""Lists about money: the lines, the 통계목 of the financing table, and what the plan states beside what its rows give."""

from budgets.models import (
    BudgetGroup,
    BudgetItem,
    BudgetLine,
    BudgetRollup,
    BudgetVersion,
    Dimension,
    LinePrinting,
    StatedFigure,
    VersionProject,
)
from budgets.reconciliation import reconcile
from councils.models import Body, BodySeat, Meeting, MeetingKind
from geumcheon.lib.money import percent
from geumcheon.opendata import forums
from geumcheon.opendata.dataset import CHUNK, Dataset, columns, number, published
from geumcheon.opendata.projects import PLAN_YEAR, PROJECT_NUMBER
from projects.models import Plan, Project, ProjectGroup
from voting.models import Contest, ContestResult, Option, OptionResult, Round


def _budget_lines():
    return BudgetLine.objects.published().order_by("version__plan__year", "project__number", "order")


def budget_lines():
    """Execution is not kept yet: executed_krw is null."""
    fields = (
        "version__plan__year",
        "project__number",
        "order",
        "item__group__name",
        "item__name",
        "heading",
        "description",
    )
    fields += ("formula", "amount_krw", "funding", "item__nature", "details", "source")
    rows = _budget_lines().values_list(*fields).iterator(CHUNK)
    for (
        year,
        project,
        order,
        group,
        item,
        heading,
        description,
        formula,
        amount,
        funding,
        nature,
        details,
        source,
    ) in rows:
        yield (
            year, project, order, group, item, heading or None, description, formula or None, amount, funding, nature,
            None, details or None, source or None,
        )  # fmt: skip


BUDGET_LINES = Dataset(
    name="budget_lines",
    title="예산 산출내역",
    description="의제별 예산계획의 줄마다 편성목, 통계목, 산출식, 금액, 재원을 적습니다. 지금 쓰는 예산 판의 줄입니다.",
    columns=columns(
        PLAN_YEAR,
        PROJECT_NUMBER,
        ("order", "순서", "그 사업 안의 차례"),
        ("budget_group", "편성목", "편성목의 이름"),
        ("budget_item", "통계목", "통계목의 이름"),
        ("heading", "묶음", "여러 줄을 묶는 작은 제목"),
        ("description", "내역", "무엇에 쓰는 돈인지"),
        ("formula", "산출식", "문서에 적힌 그대로. 금액만 적힌 줄은 빔"),
        ("amount_krw", "금액(원)", "원"),
        ("source", "재원", "시비 또는 구비"),
        ("nature", "성격", "경상 또는 자본"),
        ("executed_krw", "집행액(원)", "집행한 금액, 원. 자료가 없으면 빔"),
        ("details", "세부", "내역에 딸린 세부 항목"),
    ),
    rows=budget_lines,
    tables=(BudgetLine, BudgetVersion, Plan, Project, BudgetItem, BudgetGroup),
    listed=_budget_lines,
)


def budget_items():
    """The stored sums by 통계목 under the names of the financing table (both kinds of pay are 인건비), in its order."""
    summaries = {
        (year, name): summary
        for year, name, summary in BudgetItem.objects.values_list("fiscal_year", "name", "summary_name").iterator(CHUNK)
    }
    rollups = published(
        BudgetRollup.objects.filter(version__is_current=True, dimension=Dimension.ITEM), "version__plan"
    )
    fields = ("version__plan__year", "key", "city_krw", "district_krw")
    sums = {}
    for year, name, city, district in rollups.order_by("version__plan__year", "order", "key").values_list(*fields):
        entry = sums.setdefault(year, {}).setdefault(summaries.get((year, name), name), [0, 0])
        entry[0] += city
        entry[1] += district
    for year, items in sums.items():
        whole = sum(city + district for city, district in items.values())
        for name, (city, district) in items.items():
            yield year, name, city, district, city + district, number(percent(city + district, whole)), None


BUDGET_ITEMS = Dataset(
    name="budget_items",
    title="통계목별 예산",
    description="재원 조달에 따른 구분표와 같은 차례로 통계목마다 합계와 비율을 적습니다. 산출내역의 행에서 계산해 저장한 값입니다.",
    columns=columns(
        PLAN_YEAR,
        ("budget_item", "통계목", "재원 조달에 따른 구분표의 이름"),
        ("city_krw", "시비(원)", "원"),
        ("district_krw", "구비(원)", "원"),
        ("total_krw", "합계(원)", "원"),
        ("share_percent", "비율(%)", "계획 합계에서 차지하는 비율, 소수 첫째 자리까지 반올림"),
    ),
    rows=budget_items,
    tables=(BudgetRollup, BudgetVersion, BudgetItem, Plan),
)


def stated_figures():
    """Every comparison of numbers, those of proposals last; weekdays and session labels are words and stay on the reconciliation page."""
    for plan in Plan.objects.published().order_by("year"):
        for found in reconcile(plan):
            if any(isinstance(value, str) for value in (found.stated, found.computed)):
                continue
            numbers = (found.stated, found.computed, found.difference)
            yield (
                plan.year, found.label, found.where, found.unit, *map(number, numbers), found.matches,
                found.kind, found.key, found.note or None, found.source or None,
            )  # fmt: skip
    yield from forums.stated()


STATED_FIGURES = Dataset(
    name="stated_figures",
    title="적힌 수와 계산한 수",
    description="계획서에 적힌 합계·비율·건수와 행에서 다시 계산한 수를 나란히 적습니다. 다른 것도 그대로 보여 줍니다.",
    columns=columns(
        PLAN_YEAR,
        ("label", "이름", "무엇의 수인지"),
        ("where", "자리", "수가 적힌 표나 글"),
        ("unit", "단위", "천원, 원, %, 건, 회, 명, 개"),
        ("stated", "적힌 수", "문서에 적힌 수"),
        ("computed", "계산한 수", "행에서 계산한 수. 계산할 행이 없으면 빔"),
        ("difference", "차이", "적힌 수에서 계산한 수를 뺀 값"),
        ("matches", "같음", "예, 아니요. 계산할 행이 없으면 빔"),
        ("kind", "종류", "figure는 합계·비율·건수, line은 산출식과 금액, printing은 사업별 소요예산에 다시 적힌 줄, funnel은 제안의 단계별 수, event는 행사와 우선순위의 수"),
        ("key", "이름표", "이 수를 가리키는 바뀌지 않는 이름"),
        ("note", "비고", "차이나 계산에 대한 설명"),
    ),
    rows=stated_figures,
    tables=(
        StatedFigure, Plan, BudgetLine, BudgetVersion, VersionProject, LinePrinting, BudgetItem, BudgetGroup, Project,
        ProjectGroup, Meeting, MeetingKind, Meeting.bodies.through, Body, BodySeat, Round, Contest, ContestResult, Option,
        OptionResult, *forums.STATED_TABLES,
    ),
)  # fmt: skip
