"""Admin of what is used of budget lines: which line pays which rate, activity and expenses paid by a formula, and the sums."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from budgets import activity_sheet, uses
from budgets.models import ActivityPayment, BudgetLine, ExpensePayment, RateLine
from councils.admin_payments import download
from geumcheon.accounts.admin_base import RoleModelAdmin
from geumcheon.lib.admin_parts import History, PortalFields
from geumcheon.lib.money import won
from projects.models import InspectionTeam, Plan


class RateLineForm(forms.ModelForm):
    class Meta:
        model = RateLine
        fields = ()

    def clean(self):
        """One line of a version pays a rate: two would count every allowance twice."""
        super().clean()
        rate, line = self.cleaned_data.get("rate"), self.cleaned_data.get("line")
        if rate and line:
            others = RateLine.objects.filter(rate=rate, line__version=line.version_id).exclude(pk=self.instance.pk)
            others = others.exclude(line=line)  # the very same pair has its own words
            if others.exists():
                self.add_error("line", "이 단가는 같은 예산판의 다른 줄에서 이미 나갑니다.")
        return self.cleaned_data


@admin.register(RateLine)
class RateLineAdmin(PortalFields, RoleModelAdmin):
    """The lines that pay allowances, each with what is used of it."""

    form = RateLineForm
    change_list_template = "admin/budgets/rate_lines.html"
    fields = ["rate", "line"]
    autocomplete_fields = ["rate", "line"]
    list_display = ["rate", "line_name", "planned", "used", "rest", "share"]
    list_filter = ["line__version__plan"]
    list_select_related = ["rate", "line__version__plan", "line__project"]
    search_fields = ["rate__name", "line__description", "line__project__name"]

    def get_changelist_instance(self, request):
        """What is used of the lines on the list, in two queries for all of them."""
        changelist = super().get_changelist_instance(request)
        lines = {row.line_id: row.line for row in changelist.result_list}
        found = {use.line.pk: use for use in uses.of_lines(lines.values())}
        for row in changelist.result_list:
            row.use = found[row.line_id]
        return changelist

    @admin.display(description="예산 줄", ordering="line__order")
    def line_name(self, row):
        return f"{row.line.project.number}-{row.line.order} {row.line.description}"

    @admin.display(description="계획", ordering="line__amount_krw")
    def planned(self, row):
        return won(row.use.planned_krw)

    @admin.display(description="쓴 돈")
    def used(self, row):
        return won(row.use.used_krw)

    @admin.display(description="남은 돈")
    def rest(self, row):
        return f"{won(row.use.over_krw)} 초과" if row.use.over_krw else won(row.use.rest_krw)

    @admin.display(description="쓴 비율")
    def share(self, row):
        return "–" if row.use.percent is None else f"{row.use.percent}%"

    def get_urls(self):
        page = self.admin_site.admin_view(self.uses_view)
        return [path("uses/", page, name="budgets_rateline_uses"), *super().get_urls()]

    def uses_view(self, request):
        """Plan and use of every line that a rate or an activity draws on, of the newest plan or `?year=`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        plans = list(Plan.objects.filter(versions__is_current=True).distinct().order_by("-year"))
        asked = request.GET.get("year", "")
        plan = next((plan for plan in plans if str(plan.year) == asked), plans[0] if plans else None)
        context = {
            **self.admin_site.each_context(request),
            "title": "예산 줄의 쓴 돈과 남은 돈",
            "opts": self.opts,
            "plan": plan,
            "plans": plans,
            "uses": uses.of_plan(plan) if plan else [],
        }
        return TemplateResponse(request, "admin/budgets/uses.html", context)


class TeamField(forms.ModelChoiceField):
    def label_from_instance(self, team):
        return f"{team.project.number}. {team.project.name} · {team.name}"


TEAMS = InspectionTeam.objects.select_related("project__plan").order_by(
    "-project__plan__year", "project__number", "name"
)


class ActivityForm(forms.ModelForm):
    team = TeamField(TEAMS, label="점검단")

    class Meta:
        model = ActivityPayment
        fields = ()


class ExpenseForm(forms.ModelForm):
    team = TeamField(TEAMS, label="점검단", required=False)

    class Meta:
        model = ExpensePayment
        fields = ()

    def clean(self):
        """One target, said at the field; the constraint holds what no form sees."""
        super().clean()
        if self.has_error("meeting") or self.has_error("team"):
            return self.cleaned_data
        meeting, team = self.cleaned_data.get("meeting"), self.cleaned_data.get("team")
        if meeting and team:
            self.add_error("team", "회의와 점검단 가운데 하나만 골라 주세요.")
        elif not meeting and not team:
            self.add_error("meeting", "회의나 점검단을 골라 주세요.")
        return self.cleaned_data


class PaymentAdmin(History, PortalFields, RoleModelAdmin):
    """A payment by its formula; the amount is the product and never typed."""

    readonly_fields = ["amount"]
    actions = ["sheet"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "line":
            kwargs.setdefault("queryset", BudgetLine.objects.current())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description="금액", ordering="amount_krw")
    def amount(self, payment):
        return won(payment.amount_krw)

    @admin.display(description="예산 줄", ordering="line__order")
    def line_name(self, payment):
        line = payment.line
        return f"{line.project.number}-{line.order} {line.description}" if line else "–"


def parts(*fields):
    """The one section of a payment's page."""
    words = "산출식을 ‘10,000원×2시간×2회×5명’처럼 적으면 금액을 계산합니다. 사람 이름은 적지 않습니다."
    return [(None, {"fields": list(fields), "description": words})]


@admin.register(ActivityPayment)
class ActivityPaymentAdmin(PaymentAdmin):
    """활동비 of a team."""

    form = ActivityForm
    fieldsets = parts("team", "line", ("on", "description"), "formula", "amount", "paid_on")
    autocomplete_fields = ["line"]
    list_display = ["on", "team", "description", "formula", "amount", "line_name", "paid_on"]
    list_display_links = ["on", "description"]
    list_filter = [
        ("team__project", admin.RelatedOnlyFieldListFilter),
        ("line", admin.EmptyFieldListFilter),
        ("paid_on", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["team__project", "line__project"]
    search_fields = ["description", "formula", "team__name", "line__description"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("team", "line__project")

    @admin.action(description="고른 활동비를 지급 명세서(엑셀)로 받기", permissions=["view"])
    def sheet(self, request, queryset):
        """The chosen payments, of one project by the filter, as a list to pay by."""
        return download(lambda target: activity_sheet.write(target, queryset), "활동비-지급-명세서.xlsx")


@admin.register(ExpensePayment)
class ExpensePaymentAdmin(PaymentAdmin):
    """실비 of a meeting or a team; that of a meeting stands on the meeting's list to pay by too."""

    form = ExpenseForm
    fieldsets = parts("meeting", "team", "line", ("on", "paid_to", "description"), "formula", "amount", "paid_on")
    autocomplete_fields = ["meeting", "line"]
    list_display = ["on", "target", "paid_to", "description", "formula", "amount", "line_name", "paid_on"]
    list_display_links = ["on", "paid_to"]
    list_filter = [
        ("meeting", admin.EmptyFieldListFilter),
        ("line__project", admin.RelatedOnlyFieldListFilter),
        ("paid_on", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["meeting__kind", "team__project", "line__project"]
    search_fields = ["paid_to", "description", "formula", "team__name", "meeting__agenda", "line__description"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("meeting__kind", "team", "line__project")

    def get_list_display(self, request):
        """A meeting leads to its list to pay by, for those who may open that."""
        shown = super().get_list_display(request)
        opens = request.user.has_perm("councils.view_allowance")
        return ["target_link" if opens and name == "target" else name for name in shown]

    @admin.display(description="회의·점검단")
    def target(self, payment):
        return str(payment.meeting or payment.team)

    @admin.display(description="회의·점검단")
    def target_link(self, payment):
        if payment.meeting_id is None:
            return str(payment.team)
        url = reverse("admin:councils_allowance_meeting", args=[payment.meeting_id])
        return format_html('<a href="{}">{}</a>', url, payment.meeting)

    @admin.action(description="고른 실비를 지급 명세서(엑셀)로 받기", permissions=["view"])
    def sheet(self, request, queryset):
        """The chosen payments as a list to pay by."""
        return download(lambda target: activity_sheet.write_expenses(target, queryset), "실비-지급-명세서.xlsx")
