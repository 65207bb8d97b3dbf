"""Admin of the reward system (조례 제25조): rules, the ledger, rounds of awards and the table of a year."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path

from councils import reward_actions as actions
from councils.admin_members import add_errors
from councils.admin_payments import download
from councils.models import RewardAward, RewardEntry, RewardRound, RewardRule
from geumcheon.accounts.admin_base import RoleModelAdmin, RoleTabularInline
from geumcheon.lib import clock, exports
from geumcheon.lib.admin_parts import History, PortalFields, ReadOnlyAdmin, Rows, admin_url, is_list, per_row
from geumcheon.lib.form_fields import WonField, limit_days
from geumcheon.lib.money import won


def day_field(label):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "vDateField"})
    return limit_days(forms.DateField(label=label, widget=widget))


class RowPage:
    """Pages of one row beside the five of the admin: found, permitted, or refused."""

    def one(self, request, pk, permission):
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404("없는 줄입니다.")
        if not request.user.has_perm(permission):
            raise PermissionDenied
        return row

    def page(self, request, template, title, **context):
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, template, context)


@admin.register(RewardRule)
class RewardRuleAdmin(History, PortalFields, RoleModelAdmin):
    """What earns how many points; lines keep the points they were written with."""

    fieldsets = [
        (
            None,
            {
                "fields": [("kind", "name", "points"), ("starts_on", "ends_before"), "source"],
                "description": "점수를 바꾸려면 이 규칙을 끝내고 새 규칙을 만듭니다. 장부에 이미 적은 점수는 바뀌지 않습니다.",
            },
        )
    ]
    list_display = ["name", "kind", "points", "starts_on", "ends_before", "entry_count", "source"]
    list_filter = ["kind"]
    search_fields = ["name", "source"]

    def get_queryset(self, request):
        rules = super().get_queryset(request)
        return rules.annotate(entry_rows=per_row(RewardEntry, "rule")) if is_list(request) else rules

    @admin.display(description="장부", ordering="entry_rows")
    def entry_count(self, rule):
        return f"{rule.entry_rows or 0}줄"


class EntryForm(forms.ModelForm):
    class Meta:
        model = RewardEntry
        fields = ()

    def _post_clean(self):
        """The points are the rule's, never typed."""
        rule = self.cleaned_data.get("rule")
        self.instance.points = rule.points if rule else 0
        self.instance.entered_at = clock.now()
        super()._post_clean()
        if not self.errors:
            try:
                actions.check_entry(self.instance)
            except ValidationError as error:
                self.add_error(None, error)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="취소하는 까닭", max_length=120, help_text="공문이나 회의를 적습니다.")


@admin.register(RewardEntry)
class RewardEntryAdmin(RowPage, PortalFields, RoleModelAdmin):
    """The ledger: lines are added and taken back by a minus, never changed and never deleted."""

    form = EntryForm
    change_list_template = "councils/rewards/change_list.html"
    change_form_template = "councils/rewards/entry.html"
    fieldsets = [
        (
            None,
            {
                "fields": [("rule", "department", "official"), "on", "basis"],
                "description": "점수는 규칙에서 옵니다. 적은 줄은 고치거나 지울 수 없고, 틀리면 취소하는 줄을 더합니다.",
            },
        )
    ]
    autocomplete_fields = ["department"]
    list_display = ["on", "department", "official", "rule_name", "kind", "signed_points", "basis"]
    list_display_links = ["on", "department"]
    list_filter = ["rule__kind", ("department", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["rule", "department"]
    list_per_page = 100
    search_fields = ["basis", "official", "department__name", "rule__name"]

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ["rule", "department", "official", "on", "signed_points", "basis", "entered_at"]})]

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else ["signed_points", "entered_at"]

    @admin.display(description="규칙", ordering="rule__name")
    def rule_name(self, entry):
        return entry.rule.name

    @admin.display(description="구분", ordering="rule__kind")
    def kind(self, entry):
        return entry.rule.get_kind_display()

    @admin.display(description="점수", ordering="points")
    def signed_points(self, entry):
        return f"{entry.points:+}점"

    def save_model(self, request, obj, form, change):
        """Only new lines come here: nobody may change one."""
        if change:
            raise PermissionDenied
        data = form.cleaned_data
        names = ("rule", "department", "on", "basis", "official")
        made = actions.record(by=request.user, **{name: data[name] for name in names})
        obj.pk, obj.points = made.pk, made.points
        obj._state.adding = False

    def render_change_form(self, request, context, **kwargs):
        entry = context.get("original")
        context["reversible"] = (
            entry is not None
            and request.user.has_perm("councils.reverse_rewardentry")
            and not entry.basis.startswith(actions.REVERSAL)
            and not RewardEntry.objects.filter(basis__startswith=actions.reversal_of(entry)).exists()
        )
        return super().render_change_form(request, context, **kwargs)

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/reverse/", view(self.reverse_view), name="councils_rewardentry_reverse"),
            path("table/", view(self.table_view), name="councils_rewardentry_table"),
            path("table.xlsx", view(self.table_xlsx_view), name="councils_rewardentry_table_xlsx"),
            *super().get_urls(),
        ]

    def reverse_view(self, request, pk):
        """Ask for the reason (GET), then add the line of minus (POST)."""
        entry = self.one(request, pk, "councils.reverse_rewardentry")
        form = ReasonForm(request.POST or None, label_suffix="")
        if request.method == "POST" and form.is_valid():
            try:
                minus = actions.reverse(entry=entry, by=request.user, reason=form.cleaned_data["reason"])
            except ValidationError as error:
                add_errors(form, error)
            else:
                self.log_addition(request, minus, f"취소: 장부 {entry.pk}번")
                self.message_user(request, f"{minus.points:+}점으로 취소했습니다.", messages.SUCCESS)
                return HttpResponseRedirect(admin_url(RewardEntry))
        return self.page(request, "councils/rewards/reverse.html", "장부 줄 취소", entry=entry, form=form)

    # --- the table of a year ---
    def _year(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        text = request.GET.get("year", "")
        return int(text) if text.isdecimal() and len(text) == 4 and 2000 <= int(text) <= 2099 else clock.today().year

    def table_view(self, request):
        year = self._year(request)
        rows, total = actions.year_table(year)
        context = {"year": year, "years": actions.years(), "rows": rows, "total": total}
        headings = actions.table_headings()[1:-1]
        return self.page(
            request, "councils/rewards/table.html", f"{year}년 부서별 포인트", headings=headings, **context
        )

    def table_xlsx_view(self, request):
        year = self._year(request)
        rows, total = actions.year_table(year)
        cells = [[row.department, *row.by_kind, row.total] for row in (*rows, total)]
        headings = actions.table_headings()
        return download(
            lambda target: exports.write_xlsx(target, f"{year}년 포인트", headings, cells),
            f"협치포인트-{year}.xlsx",
        )


class AwardInline(ReadOnlyAdmin, Rows, RoleTabularInline):
    model = RewardAward
    fields = ["department", "points", "amount"]
    readonly_fields = ["amount"]
    verbose_name_plural = "준 포상금"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("department")

    @admin.display(description="포상금")
    def amount(self, row):
        return won(row.amount_krw)


class AwardForm(forms.Form):
    """The day of the decision, and won for each department of the ranking; an empty field is no award."""

    decided_on = day_field("지급 결정일")

    def __init__(self, ranks, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.ranks = ranks
        for rank in ranks:
            field = WonField(label=f"{rank.department} 포상금(원)", required=False, min_value=0, max_value=10**9)
            field.widget.attrs["aria-label"] = field.label
            field.disabled = rank.points <= 0
            self.fields[f"won-{rank.department_id}"] = field

    def grid(self):
        """[(Rank, bound field)] in the order of the ranking."""
        return [(rank, self[f"won-{rank.department_id}"]) for rank in self.ranks]

    def amounts(self):
        return {rank.department_id: self.cleaned_data[f"won-{rank.department_id}"] for rank in self.ranks}


@admin.register(RewardRound)
class RewardRoundAdmin(RowPage, History, PortalFields, RoleModelAdmin):
    """A round of awards. It is decided once, by a page of its own; then nothing of it changes."""

    change_form_template = "councils/rewards/round.html"
    fieldsets = [
        (
            None,
            {
                "fields": [("year", "no"), ("starts_on", "ends_before"), "decided_on"],
                "description": "집계 기간의 장부를 부서별로 더해 순위를 매깁니다. 지급을 결정하면 그때 점수를 남기고 더 바꿀 수 없습니다.",
            },
        )
    ]
    readonly_fields = ["decided_on"]
    list_display = ["label", "starts_on", "ends_before", "decided_on", "award_count"]
    list_filter = ["year"]
    search_fields = ["=year", "=no"]

    def get_queryset(self, request):
        rounds = super().get_queryset(request)
        return rounds.annotate(award_rows=per_row(RewardAward, "round")) if is_list(request) else rounds

    def get_inlines(self, request, obj):
        return [AwardInline] if obj is not None and obj.decided_on else []

    @admin.display(description="포상", ordering="year")
    def label(self, award_round):
        return str(award_round)

    @admin.display(description="받은 부서", ordering="award_rows")
    def award_count(self, award_round):
        return f"{award_round.award_rows or 0}곳"

    def has_change_permission(self, request, obj=None):
        """What was decided stays as it was."""
        return super().has_change_permission(request, obj) and (obj is None or obj.decided_on is None)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or obj.decided_on is None)

    def render_change_form(self, request, context, **kwargs):
        award_round = context.get("original")
        if award_round is not None and award_round.decided_on is None:
            may = request.user.has_perm("councils.award_rewardround")
            context |= {"ranking": actions.ranking(award_round), "may_award": may}
        return super().render_change_form(request, context, **kwargs)

    def get_urls(self):
        page = self.admin_site.admin_view(self.award_view)
        return [path("<int:pk>/award/", page, name="councils_rewardround_award"), *super().get_urls()]

    def award_view(self, request, pk):
        """The ranking with a field of won for each department (GET); the decision, once (POST)."""
        award_round = self.one(request, pk, "councils.award_rewardround")
        address = admin_url(RewardRound, "change", award_round.pk)
        if award_round.decided_on is not None:
            self.message_user(request, "이미 결정한 포상입니다.", messages.WARNING)
            return HttpResponseRedirect(address)
        form = AwardForm(
            actions.ranking(award_round), request.POST or None, initial={"decided_on": clock.today()}, label_suffix=""
        )
        if request.method == "POST" and form.is_valid() and self._award(request, award_round, form):
            return HttpResponseRedirect(address)
        return self.page(request, "councils/rewards/award.html", "포상 결정", award_round=award_round, form=form)

    def _award(self, request, award_round, form):
        day = form.cleaned_data["decided_on"]
        try:
            made = actions.award(award_round=award_round, by=request.user, amounts=form.amounts(), decided_on=day)
        except ValidationError as error:
            add_errors(form, error)
            return False
        self.log_change(request, award_round, f"포상 결정: {len(made)}곳")
        self.message_user(request, f"{len(made)}개 부서의 포상을 결정했습니다.", messages.SUCCESS)
        return True
