"""Budget lines: rows on their project's page, a list over all projects, and the check of formulas while they are typed."""

from collections import Counter

from django.contrib import admin
from django.db.models import BigIntegerField, IntegerField, OuterRef, Prefetch, Subquery, Sum
from django.db.models import Count as RowCount
from django.urls import path
from django.utils.html import format_html

from budgets import admin_views
from budgets import formula as formulas
from budgets.admin_bulk import FundingBulk, ItemBulk, SourceBulk
from budgets.admin_forms import InlineLineForm, LineForm, LineFormSet
from budgets.models import BudgetLine, BudgetVersion, LinePrinting
from geumcheon.accounts.admin_base import RoleStackedInline
from geumcheon.lib import bulk
from geumcheon.lib.admin_parts import FOLDED, ComputedFilter, ReadOnlyAdmin, Rows
from geumcheon.lib.money import won
from projects.admin_project import ProjectAdmin
from projects.admin_rows import OwnRowsFilter, ProjectRowAdmin

STATES = {
    "ok": "맞음",
    "override": "다름(까닭 있음)",
    "differs": "다름",
    "invalid": "읽을 수 없음",
    "none": "산출식 없음",
}


def state(formula, amount, reason):
    """How a line's calculation stands beside its amount: a key of STATES."""
    found = formulas.check(formula, amount).state
    return "override" if found == "differs" and reason else found


def line_state(line):
    return state(line.formula, line.amount_krw, line.override_reason)


def badge(key, text=None):
    """A state in words, coloured by the stylesheet."""
    return format_html('<span class="state state-{}">{}</span>', key, text or STATES[key])


# What an officer has to know while typing a line; the calculations are those of 의제별 예산계획.
LINE_RULES = {
    "formula": "곱이 금액과 같아야 저장됩니다. 천 단위 쉼표가 틀리면 그곳을 알려 줍니다(예: Ⅵ-3 의제별 예산계획 · L3673).",
    "amount_krw": "원 단위 정수입니다. 계획서의 표는 천원으로 인쇄되어 있습니다(Ⅵ-3 의제별 예산계획).",
    "funding": "시비와 구비는 나누어 셉니다(산출내역의 총사업비·시비·구비).",
}


class CheckField:
    """The read-only field that shows the check; htmx puts the fresh one in its place while somebody types."""

    rule_texts = LINE_RULES

    @admin.display(description="산식 확인")
    def formula_result(self, line):
        return format_html('<div class="formula-check" aria-live="polite">{}</div>', admin_views.stored_check(line))


class BudgetLineInline(CheckField, Rows, RoleStackedInline):
    template = FOLDED
    model = BudgetLine
    form = InlineLineForm
    formset = LineFormSet
    fields = [
        ("order", "item", "heading", "description"),
        ("formula", "amount_krw", "funding"),
        "formula_result",
        ("override_reason", "details", "source"),
    ]
    readonly_fields = ["formula_result"]
    show_change_link = True
    description = "산출식의 곱과 금액이 다르면 저장되지 않습니다. 달라야 하면 ‘금액이 다른 까닭’을 적습니다. ×, x, X, *는 모두 곱하기입니다. 지금 쓰는 판의 줄만 보입니다."

    def row_label(self, line):
        return format_html(
            '<span class="line-name">{}. {}{}</span> <span class="line-formula">{}</span> <span class="line-amount">{}</span> {}',
            line.order,
            f"[{line.heading}] " if line.heading else "",
            line.description,
            line.formula,
            won(line.amount_krw),
            badge(line_state(line)),
        )

    def get_queryset(self, request):
        return super().get_queryset(request).current().select_related("version", "project", "item")


# --- the project list's columns ---
def with_lines(projects):
    """The lines of the version in use beside each project of a list: sums in the database, checks in Python."""
    rows = BudgetLine.objects.current().filter(project=OuterRef("pk")).order_by().values("project")
    lines = (
        BudgetLine.objects.current().only("pk", "project", "formula", "amount_krw", "override_reason").order_by("order")
    )
    return projects.annotate(
        line_rows=Subquery(rows.annotate(n=RowCount("pk")).values("n"), output_field=IntegerField()),
        line_sum=Subquery(rows.annotate(n=Sum("amount_krw")).values("n"), output_field=BigIntegerField()),
    ).prefetch_related(Prefetch("lines", lines, to_attr="checked_lines"))


@admin.display(description="줄", ordering="line_rows")
def line_count(project):
    return project.line_rows or 0


@admin.display(description="합계", ordering="line_sum")
def line_total(project):
    return won(project.line_sum or 0)


@admin.display(description="산식 확인")
def line_check(project):
    """`맞음`, or how many lines are not."""
    counts = Counter(line_state(line) for line in project.checked_lines)
    wrong = [f"{STATES[key]} {counts[key]}" for key in ("differs", "invalid", "override") if counts[key]]
    if wrong:
        return badge("override" if not (counts["differs"] or counts["invalid"]) else "differs", ", ".join(wrong))
    return badge("ok") if counts["ok"] else badge("none", "산출식 없음" if project.checked_lines else "줄 없음")


class LinesFilter(admin.SimpleListFilter):
    title = "예산 줄"
    parameter_name = "lines"

    def lookups(self, request, model_admin):
        return [("none", "줄이 없는 사업"), ("some", "줄이 있는 사업")]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        with_rows = BudgetLine.objects.current().values("project_id")
        return queryset.exclude(pk__in=with_rows) if self.value() == "none" else queryset.filter(pk__in=with_rows)


ProjectAdmin.extra_inlines.append(BudgetLineInline)
ProjectAdmin.extra_querysets.append(with_lines)
ProjectAdmin.extra_columns += [line_count, line_total, line_check]
ProjectAdmin.extra_filters.append(LinesFilter)
ProjectAdmin.extra_histories.append(lambda project: [BudgetLine.history.filter(project_id=project.pk)])


# --- all lines ---
class StateFilter(ComputedFilter):
    title = "산식 확인"
    parameter_name = "check"

    def lookups(self, request, model_admin):
        return list(STATES.items())

    def states(self, request, queryset):
        rows = queryset.order_by().values_list("pk", "formula", "amount_krw", "override_reason")
        return {pk: state(formula, amount, reason) for pk, formula, amount, reason in rows}


class PrintingInline(ReadOnlyAdmin, Rows, RoleStackedInline):
    """The second printing is what the document says: it is loaded with the plan and never typed here."""

    template = FOLDED
    model = LinePrinting
    fields = [("heading", "description"), ("formula", "amount_krw", "printed"), "source"]


@admin.register(BudgetLine)
class BudgetLineAdmin(CheckField, ProjectRowAdmin):
    form = LineForm
    fields = [
        ("project", "version"),
        ("order", "item", "funding"),
        ("heading", "description"),
        ("formula", "amount_krw"),
        "formula_result",
        "override_reason",
        "details",
        "source",
    ]
    readonly_fields = ["formula_result"]
    fixed_on_change = ["project", "version"]
    autocomplete_fields = ["project", "version", "item"]
    list_display = [
        "number",
        "description",
        "item",
        "formula",
        "product",
        "amount",
        "check_state",
        "funding",
        "project",
    ]
    list_display_links = ["number", "description"]
    list_filter = [
        OwnRowsFilter, StateFilter, "version__plan", "version", "funding", "item__nature", ("item__group", admin.RelatedOnlyFieldListFilter),
        ("item", admin.RelatedOnlyFieldListFilter), ("project", admin.RelatedOnlyFieldListFilter),
    ]  # fmt: skip
    list_select_related = ["project__plan", "item", "version__plan"]
    search_fields = ["description", "heading", "details", "formula", "project__name", "item__name"]
    ordering = ["-version__plan__year", "version", "project__number", "order"]
    actions = [bulk.action(ItemBulk), bulk.action(FundingBulk), bulk.action(SourceBulk)]

    def get_urls(self):
        check = self.admin_site.admin_view(admin_views.formula_check)
        return [path("formula-check/", check, name="budgets_formula_check"), *super().get_urls()]

    def get_inlines(self, request, obj):
        return [PrintingInline] if obj and LinePrinting.objects.filter(line=obj).exists() else []

    def get_changeform_initial_data(self, request):
        """A new line joins the newest version in use, unless the address says another."""
        current = BudgetVersion.objects.filter(is_current=True).order_by("-plan__year").first()
        return {"version": current and current.pk, **super().get_changeform_initial_data(request)}

    def view_on_site(self, obj):
        return obj.get_absolute_url() if obj.version.is_current else None

    @admin.display(description="번호", ordering="order")
    def number(self, line):
        return f"{line.project.number}-{line.order}"

    @admin.display(description="계산")
    def product(self, line):
        return won(line.formula_check.product) if line.formula else "–"

    @admin.display(description="금액", ordering="amount_krw")
    def amount(self, line):
        return won(line.amount_krw)

    @admin.display(description="산식 확인")
    def check_state(self, line):
        return badge(line_state(line))
