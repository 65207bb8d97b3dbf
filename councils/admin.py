"""Admin of the council: bodies with their seats, rules and terms, the library, and the log of meetings."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.urls import reverse

from councils import actions
from councils.admin_forms import BodyForm
from councils.admin_members import MembershipAdmin, PersonAdmin, StandInAdmin
from councils.admin_notices import NoticeAdmin
from councils.admin_payments import AllowanceAdmin, AllowanceRateAdmin
from councils.admin_recruitment import RecruitmentAdmin
from councils.admin_rewards import RewardEntryAdmin, RewardRoundAdmin, RewardRuleAdmin
from councils.models import (
    Article,
    Body,
    BodyAlias,
    BodyOffice,
    BodyRule,
    BodySeat,
    BodyTerm,
    Document,
    Meeting,
    MeetingKind,
)
from geumcheon.accounts.admin_base import RoleModelAdmin, RoleStackedInline, RoleTabularInline
from geumcheon.lib.admin_parts import FOLDED, ComputedFilter, History, PortalFields, Rows, Sections, is_list, per_row
from geumcheon.lib.periods import weekday

__all__ = [
    "AllowanceAdmin",
    "AllowanceRateAdmin",
    "MembershipAdmin",
    "NoticeAdmin",
    "PersonAdmin",
    "RecruitmentAdmin",
    "RewardEntryAdmin",
    "RewardRoundAdmin",
    "RewardRuleAdmin",
    "StandInAdmin",
]


class AliasInline(Rows, RoleTabularInline):
    model = BodyAlias
    fields = ["name"]
    verbose_name_plural = "다른 이름"


class SeatInline(Rows, RoleStackedInline):
    template = FOLDED
    model = BodySeat
    rule_texts = {
        "count": "협치회의는 당연직 3명, 위촉직 27명(구의원 2명, 민간 25명), 모두 30명입니다(붙임Ⅰ-2 · L3956).",
        "maximum": "확대회의는 5명 이내(붙임Ⅰ-3 · L3968)와 5~10명(Ⅲ-1 · L288)이 모두 인쇄되어 있어 줄도 둘입니다.",
    }
    fields = [
        ("order", "kind", "label", "count", "minimum", "maximum"),
        ("term_months", "renewals", "renewal_gap_days"),
        ("note", "source"),
    ]


class RuleInline(Rows, RoleStackedInline):
    template = FOLDED
    model = BodyRule
    rule_texts = {
        "number": (
            "과반수는 1/2로 적고, 넘어야 찬 것입니다. 개의는 재적위원 과반수, 의결은 출석위원 과반수(붙임Ⅰ-2 · L3967), "
            "임시회 요구는 재적위원 1/3 이상(L3965)입니다."
        ),
        "ends_before": "이날부터 쓰지 않습니다. 비우면 지금도 씁니다.",
    }
    fields = [("order", "key", "number", "unit", "starts_on", "ends_before"), "text", "source"]


class OfficeInline(Rows, RoleTabularInline):
    model = BodyOffice
    fields = ["order", "name", "publishes", "leads", "source"]


class TermInline(Rows, RoleStackedInline):
    template = FOLDED
    model = BodyTerm
    rule_texts = {
        "ends_before": (
            "마지막 날의 다음 날을 적습니다. 위촉직은 2년이고 한 차례 연임할 수 있으며(Ⅲ-1 · L268, L273), 확대회의 민간위원은 "
            "1년입니다(붙임Ⅰ-3 · L3970). 당연직은 그 직위에 있는 동안입니다(Ⅲ-1 · L274)."
        ),
    }
    fields = [("label", "seat_kind", "starts_on", "ends_before"), ("note", "source")]


@admin.register(Body)
class BodyAdmin(Sections, History, PortalFields, RoleModelAdmin):
    """A body with its seats, rules, offices and terms on one page."""

    form = BodyForm
    fieldsets = [
        (
            "기본",
            {
                "fields": [("name", "kind"), ("parent", "order"), "vision", "purpose", ("note", "source")],
                "description": "분과와 정원, 임기, 규칙은 해마다 달라질 수 있어 모두 줄로 적습니다. 인쇄된 크기가 두 가지면 자리도 두 줄입니다.",
            },
        ),
    ]
    inlines = [AliasInline, SeatInline, RuleInline, OfficeInline, TermInline]
    autocomplete_fields = ["parent"]
    list_display = ["name", "kind", "parent", "seat_sum", "rule_count", "vision"]
    list_filter = ["kind", ("parent", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["parent"]
    search_fields = ["name", "aliases__name", "vision"]
    ordering = ["order", "pk"]

    def get_queryset(self, request):
        bodies = super().get_queryset(request)
        if is_list(request):
            bodies = bodies.annotate(
                seats_sum=per_row(BodySeat, "body", Sum("count")), rule_rows=per_row(BodyRule, "body")
            )
        return bodies

    @admin.display(description="정원", ordering="seats_sum")
    def seat_sum(self, body):
        return "–" if body.seats_sum is None else f"{body.seats_sum}명"

    @admin.display(description="규칙", ordering="rule_rows")
    def rule_count(self, body):
        return body.rule_rows or 0

    def view_on_site(self, obj):
        return reverse("councils:body", args=[obj.pk])

    def history_querysets(self, obj):
        rows = [model.history.filter(body_id=obj.pk) for model in (BodySeat, BodyRule)]
        return [*super().history_querysets(obj), *rows]

    def save_model(self, request, obj, form, change):
        if not self._ask(request, "change" if change else "add", obj):
            raise PermissionDenied
        obj._history_user = request.user
        actions.save_body(body=obj)


@admin.register(MeetingKind)
class MeetingKindAdmin(PortalFields, RoleModelAdmin):
    list_display = ["name", "order", "meeting_count"]
    search_fields = ["name"]

    def get_queryset(self, request):
        kinds = super().get_queryset(request)
        return kinds.annotate(meeting_rows=per_row(Meeting, "kind")) if is_list(request) else kinds

    @admin.display(description="회의", ordering="meeting_rows")
    def meeting_count(self, kind):
        return kind.meeting_rows or 0


class WeekdayFilter(ComputedFilter):
    title = "요일 대조"
    parameter_name = "weekday"

    def lookups(self, request, model_admin):
        return [("no", "달력과 다름"), ("yes", "달력과 같음")]

    def states(self, request, queryset):
        return {meeting.pk: "yes" if weekdays_match(meeting) else "no" for meeting in queryset.order_by()}


def weekdays_match(meeting):
    """Whether the weekdays the source prints are the calendar's; a weekday that is not printed is no mismatch."""
    days = ((meeting.starts_on, meeting.printed_weekday), (meeting.ends_on, meeting.printed_end_weekday))
    return all(printed == weekday(day) for day, printed in days if day and printed)


@admin.register(Meeting)
class MeetingAdmin(History, PortalFields, RoleModelAdmin):
    """The one log of meetings."""

    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("year", "no", "kind", "session_label"),
                    "bodies",
                    "counterpart",
                    ("starts_on", "printed_weekday", "ends_on", "printed_end_weekday"),
                    ("place", "attendees"),
                    "agenda",
                    "source",
                ],
                "description": "재적 위원 과반수가 나오면 열고, 나온 위원 과반수로 정합니다(붙임Ⅰ-2 금천구협치회의 운영 · L3967). 인쇄된 요일은 틀려도 그대로 적고 달력과 견줍니다.",
            },
        ),
    ]
    autocomplete_fields = ["kind"]
    list_display = ["label", "kind", "day", "bodies_met", "session_label", "place", "attendees", "weekday_check"]
    list_filter = ["year", "kind", WeekdayFilter, ("bodies", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["kind"]
    list_per_page = 50
    search_fields = ["agenda", "place", "counterpart", "session_label", "bodies__name", "=no"]

    def get_queryset(self, request):
        meetings = super().get_queryset(request).select_related("kind")
        return meetings.prefetch_related("bodies") if is_list(request) else meetings

    @admin.display(description="회의", ordering="no")
    def label(self, meeting):
        return f"{meeting.year}-{meeting.no}"

    @admin.display(description="날짜", ordering="starts_on")
    def day(self, meeting):
        first = f"{meeting.starts_on:%Y-%m-%d}({meeting.printed_weekday or weekday(meeting.starts_on)})"
        return f"{first} ~ {meeting.ends_on:%Y-%m-%d}" if meeting.ends_on else first

    @admin.display(description="기구")
    def bodies_met(self, meeting):
        return ", ".join(body.name for body in meeting.bodies.all())

    @admin.display(description="요일")
    def weekday_check(self, meeting):
        return "같음" if weekdays_match(meeting) else f"다름(달력은 {weekday(meeting.starts_on)})"

    def view_on_site(self, obj):
        return obj.get_absolute_url()


class ArticleInline(Rows, RoleStackedInline):
    template = FOLDED
    model = Article
    fields = [("number", "title"), "summary", "source"]


@admin.register(Document)
class DocumentAdmin(Sections, PortalFields, RoleModelAdmin):
    fieldsets = [("기본", {"fields": [("title", "kind"), ("decided_on", "decided_by", "meeting"), "note", "source"]})]
    inlines = [ArticleInline]
    autocomplete_fields = ["meeting"]
    list_display = ["title", "kind", "decided_on", "decided_by", "meeting", "article_count"]
    list_filter = ["kind"]
    list_select_related = ["meeting__kind"]
    search_fields = ["title", "articles__number", "articles__title", "articles__summary"]

    def get_queryset(self, request):
        documents = super().get_queryset(request)
        return documents.annotate(article_rows=per_row(Article, "document")) if is_list(request) else documents

    @admin.display(description="조문", ordering="article_rows")
    def article_count(self, document):
        return document.article_rows or 0
