"""Admin of the budget: accounts, versions, stated figures and stored sums. Lines are in admin_lines."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import BigIntegerField, Count, IntegerField, OuterRef, Prefetch, Subquery, Sum

from budgets import actions
from budgets.admin_forms import StatedFigureForm, VersionForm
from budgets.admin_lines import BudgetLineAdmin
from budgets.admin_uses import ActivityPaymentAdmin, ExpensePaymentAdmin, RateLineAdmin
from budgets.models import (
    BudgetGroup,
    BudgetItem,
    BudgetItemAlias,
    BudgetLine,
    BudgetRollup,
    BudgetVersion,
    Dimension,
    StatedFigure,
    VersionBasis,
    VersionProject,
)
from budgets.reconciliation import reconcile
from councils.actions import body_saved
from geumcheon.accounts.admin_base import RoleModelAdmin, RoleTabularInline
from geumcheon.lib.admin_parts import (
    Computed,
    ComputedFilter,
    History,
    PortalFields,
    ReadOnlyAdmin,
    Rows,
    Sections,
    is_list,
    per_row,
)
from geumcheon.lib.money import quantity, won
from projects.actions import plan_saved, project_saved
from projects.models import Plan

__all__ = ["ActivityPaymentAdmin", "BudgetLineAdmin", "ExpensePaymentAdmin", "RateLineAdmin"]

project_saved.fill(actions.refresh_after_project)
plan_saved.fill(actions.refresh_after_plan)
body_saved.fill(actions.refresh_after_body)


class AccountAdmin(PortalFields, RoleModelAdmin):
    """편성목 and 통계목: their names and natures are keys of stored sums."""

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        actions.refresh_after_accounts(fiscal_year=obj.fiscal_year)


@admin.register(BudgetGroup)
class BudgetGroupAdmin(AccountAdmin):
    fields = [("fiscal_year", "name", "order"), "source"]
    list_display = ["name", "fiscal_year", "order", "item_count"]
    list_filter = ["fiscal_year"]
    search_fields = ["name"]

    def get_queryset(self, request):
        groups = super().get_queryset(request)
        count = per_row(BudgetItem, "group")
        return groups.annotate(item_rows=count) if is_list(request) else groups

    @admin.display(description="통계목", ordering="item_rows")
    def item_count(self, group):
        return group.item_rows or 0


class ItemAliasInline(Rows, RoleTabularInline):
    model = BudgetItemAlias
    fields = ["name"]
    verbose_name_plural = "다른 이름"


@admin.register(BudgetItem)
class BudgetItemAdmin(AccountAdmin):
    fields = [("fiscal_year", "group", "order"), ("name", "summary_name"), ("nature", "code"), "source"]
    inlines = [ItemAliasInline]
    autocomplete_fields = ["group"]
    list_display = ["name", "group", "summary_name", "nature", "fiscal_year", "code", "line_count", "total"]
    list_filter = ["fiscal_year", "nature", ("group", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["group"]
    search_fields = ["name", "summary_name", "aliases__name", "code"]

    def get_queryset(self, request):
        items = super().get_queryset(request)
        if not is_list(request):
            return items
        current = BudgetLine.objects.current().filter(item=OuterRef("pk")).order_by().values("item")
        return items.annotate(
            line_rows=Subquery(current.annotate(n=Count("pk")).values("n"), output_field=IntegerField()),
            line_sum=Subquery(current.annotate(n=Sum("amount_krw")).values("n"), output_field=BigIntegerField()),
        )

    @admin.display(description="줄", ordering="line_rows")
    def line_count(self, item):
        return item.line_rows or 0

    @admin.display(description="합계", ordering="line_sum")
    def total(self, item):
        return won(item.line_sum or 0)


class VersionProjectInline(Rows, RoleTabularInline):
    model = VersionProject
    fields = ["number", "name", "amount_krw", "project", "source"]
    verbose_name_plural = "사업별 총액(총액만 있는 판)"


@admin.register(BudgetVersion)
class BudgetVersionAdmin(Computed, Sections, History, PortalFields, RoleModelAdmin):
    """Versions. Which one is in use changes by an action that steps the other back."""

    fieldsets = [
        (
            "기본",
            {
                "fields": [("plan", "key"), ("title", "basis"), ("decided_on", "meeting"), "is_current", "source"],
                "description": "지금 쓰는 판은 계획마다 하나이며, 목록의 동작 ‘이 판을 쓰기’로 바꿉니다. 집계와 예산서는 그 판의 줄을 읽습니다.",
            },
        ),
    ]
    computed = [BudgetRollup]
    form = VersionForm
    readonly_fields = ["is_current"]
    inlines = [VersionProjectInline]
    autocomplete_fields = ["plan", "meeting"]
    list_display = ["title", "plan", "decided_on", "basis", "is_current", "rows", "total", "rollup"]
    list_filter = ["plan", "basis", "is_current"]
    list_select_related = ["plan"]
    search_fields = ["title", "key"]
    actions = ["use_selected"]

    def get_queryset(self, request):
        versions = super().get_queryset(request)
        if not is_list(request):
            return versions
        whole = BudgetRollup.objects.filter(dimension=Dimension.PLAN)
        return versions.annotate(
            line_rows=per_row(BudgetLine, "version"),
            line_sum=per_row(BudgetLine, "version", Sum("amount_krw"), BigIntegerField()),
            total_rows=per_row(VersionProject, "version"),
            total_sum=per_row(VersionProject, "version", Sum("amount_krw"), BigIntegerField()),
        ).prefetch_related(Prefetch("rollups", whole, to_attr="whole"))

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(["plan"] if obj else [])]

    @admin.display(description="줄·사업")
    def rows(self, version):
        if version.basis == VersionBasis.LINES:
            return f"{version.line_rows or 0}줄"
        return f"{version.total_rows or 0}개 사업"

    @admin.display(description="합계", ordering="line_sum")
    def total(self, version):
        return won((version.line_sum if version.basis == VersionBasis.LINES else version.total_sum) or 0)

    @admin.display(description="집계와 견줌")
    def rollup(self, version):
        """The stored sum beside the rows': equal, or by how much it drifts."""
        if not version.is_current:
            return "–"
        if not version.whole:
            return "집계 없음"
        drift = version.whole[0].total_krw - (version.line_sum or 0)
        return f"차이 {won(drift)}" if drift else "같음"

    def save_model(self, request, obj, form, change):
        obj._history_user = request.user
        self.ask_row(request, obj, change)
        actions.save_version(version=obj)

    def ask_row(self, request, obj, change):
        if not self._ask(request, "change" if change else "add", obj):
            raise PermissionDenied

    @admin.action(description="이 판을 쓰기", permissions=["change"])
    def use_selected(self, request, queryset):
        if queryset.count() != 1:
            self.message_user(request, "판을 하나만 골라 주세요.", messages.ERROR)
            return
        version = queryset.get()
        try:
            actions.use_version(version=version, user=request.user)
        except ValidationError as error:
            self.message_user(request, f"{version}: {' '.join(error.messages)}", messages.ERROR)
        else:
            self.message_user(request, f"{version}: 지금 쓰는 판입니다.", messages.SUCCESS)


class MatchFilter(ComputedFilter):
    title = "대조"
    parameter_name = "match"

    def lookups(self, request, model_admin):
        return [("no", "다름"), ("yes", "같음"), ("none", "계산할 행이 없음")]

    def states(self, request, queryset):
        findings = figure_findings(request, Plan.objects.filter(pk__in=queryset.values("plan")))
        pks = queryset.values_list("pk", "plan", "key")
        words = {True: "yes", False: "no", None: "none"}
        return {pk: words[findings[plan, key].matches] for pk, plan, key in pks}


def figure_findings(request, plans):
    """{(plan pk, key): Finding} of the stated figures of some plans, computed once per request."""
    kept = request.__dict__.setdefault("_figure_findings", {})
    for plan in plans:
        if plan.pk not in kept:
            kept[plan.pk] = {(plan.pk, f.key): f for f in reconcile(plan) if f.kind == "figure"}
    return {key: finding for plan in plans for key, finding in kept[plan.pk].items()}


@admin.register(StatedFigure)
class StatedFigureAdmin(PortalFields, RoleModelAdmin):
    """Numbers a document prints, each beside what its rows give."""

    form = StatedFigureForm
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("plan", "key", "order"), ("label", "where"), ("stated", "unit", "decimals"), "measure", "filters",
                    "note", "source",
                ],
                "description": "인쇄된 수를 그대로 적습니다. 틀린 수도 고치지 않고 계산한 값과 나란히 보입니다.",
            },
        ),
    ]  # fmt: skip
    autocomplete_fields = ["plan"]
    list_display = ["label", "where", "stated_number", "computed", "match", "measure", "source"]
    list_filter = [MatchFilter, "plan", "measure", "unit"]
    list_select_related = ["plan"]
    list_per_page = 100
    search_fields = ["label", "where", "key", "source"]

    def get_changelist_instance(self, request):
        """The findings of the plans on the list, read once for all rows."""
        changelist = super().get_changelist_instance(request)
        self.findings = None
        plans = Plan.objects.filter(pk__in={figure.plan_id for figure in changelist.result_list})
        findings = figure_findings(request, plans)
        for figure in changelist.result_list:
            figure.finding = findings.get((figure.plan_id, figure.key))
        return changelist

    @admin.display(description="적힌 수", ordering="stated")
    def stated_number(self, figure):
        return f"{quantity(figure.stated)}{figure.unit}"

    @admin.display(description="계산한 수")
    def computed(self, figure):
        finding = figure.finding
        return "–" if finding is None or finding.computed is None else f"{quantity(finding.computed)}{figure.unit}"

    @admin.display(description="대조")
    def match(self, figure):
        finding = figure.finding
        if finding is None or finding.matches is None:
            return "계산할 행이 없음"
        return "같음" if finding.matches else f"다름({quantity(finding.difference)}{figure.unit})"


@admin.register(BudgetRollup)
class BudgetRollupAdmin(ReadOnlyAdmin, RoleModelAdmin):
    """Stored sums, written by a task only."""

    list_display = ["key", "dimension", "city", "district", "total", "lines", "version", "computed_at"]
    list_filter = ["version", "dimension"]
    list_select_related = ["version__plan"]
    search_fields = ["key"]

    @admin.display(description="시비", ordering="city_krw")
    def city(self, rollup):
        return won(rollup.city_krw)

    @admin.display(description="구비", ordering="district_krw")
    def district(self, rollup):
        return won(rollup.district_krw)

    @admin.display(description="합계", ordering="total_krw")
    def total(self, rollup):
        return won(rollup.total_krw)
