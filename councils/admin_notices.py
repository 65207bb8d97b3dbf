"""Admin of notices: drafts, what is out, and the period of what they announce."""

from django import forms
from django.contrib import admin

from councils import actions
from councils.models import Notice
from councils.notices import countdown, period_text
from geumcheon.accounts.admin_base import RoleModelAdmin
from geumcheon.lib import bulk, clock
from geumcheon.lib.admin_parts import ComputedFilter, History, PortalFields, is_list

DRAFT, AHEAD, NEWS = "초안", "게시 예약", "알림"


class NoticeForm(forms.ModelForm):
    """A notice, with the words that say what its days mean."""

    class Meta:
        model = Notice
        fields = ()
        help_texts = {
            "ends_before": "마지막 날의 다음 날을 적습니다. 5월 28일까지면 5월 29일. 비우면 끝나는 날이 없습니다.",
        }


def state(notice, day):
    """Where a notice stands on `day`: not out yet (초안, 게시 예약), then the state of its period; 알림 without one."""
    if notice.published_on is None:
        return DRAFT
    return AHEAD if notice.published_on > day else notice.state_on(day) or NEWS


class StateFilter(ComputedFilter):
    title = "상태"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [(name, name) for name in (DRAFT, AHEAD, "예정", "진행 중", "끝남", NEWS)]

    def states(self, request, queryset):
        today = clock.today()
        return {notice.pk: state(notice, today) for notice in queryset.order_by()}


class Publish(bulk.BulkAction):
    """Drafts go out today; what is out or has its day keeps it."""

    name = "publish_selected"
    label = "게시하기"
    done = "오늘 날짜로 게시했습니다"
    button = "게시하기"
    now, then = "지금 게시일", "바꾼 뒤 게시일"
    hint = "초안만 게시하고, 게시일이 있는 공지는 그대로 둡니다. 게시하면 누구나 보고, RSS와 찾기에도 나옵니다."

    def show(self, row):
        return f"{row.published_on:%Y-%m-%d}" if row.published_on else DRAFT

    def change(self, row, data):
        row.published_on = row.published_on or clock.today()

    def write(self, *, rows, data, user):
        actions.publish_notices(notices=Notice.objects.filter(pk__in=[row.pk for row in rows]), by=user)

    def denied(self, row):
        return "공지는 협치추진단이 게시합니다."


@admin.register(Notice)
class NoticeAdmin(History, PortalFields, RoleModelAdmin):
    """Notices. One without a day of publication is a draft that only the office sees."""

    form = NoticeForm
    fieldsets = [
        (
            None,
            {
                "fields": [("kind", "published_on"), "title", "text"],
                "description": "게시일에 앞날을 적으면 그날 0시부터 보입니다.",
            },
        ),
        (
            "기간",
            {
                "fields": [("starts_on", "ends_before")],
                "description": "투표나 공모, 모집처럼 받는 기간이 있을 때만 적습니다. 시작일부터 종료일 전날까지 ‘진행 중’으로 보입니다. "
                "공지를 보이고 감추는 날이 아닙니다.",
            },
        ),
        ("이어지는 곳", {"fields": [("link", "link_label")]}),
        ("대상 동", {"fields": ["dongs"]}),
    ]
    list_display = ["title", "kind", "state_now", "period", "published_on", "dongs_meant"]
    list_filter = [StateFilter, "kind", ("published_on", admin.DateFieldListFilter)]
    search_fields = ["title", "text"]
    actions = [bulk.action(Publish)]

    def get_queryset(self, request):
        notices = super().get_queryset(request)
        return notices.prefetch_related("dongs") if is_list(request) else notices

    @admin.display(description="상태")
    def state_now(self, notice):
        today = clock.today()
        left = countdown(notice, today)
        return f"{state(notice, today)} ({left})" if left and notice.published_on else state(notice, today)

    @admin.display(description="기간", ordering="starts_on")
    def period(self, notice):
        return period_text(notice) or "–"

    @admin.display(description="동")
    def dongs_meant(self, notice):
        return ", ".join(dong.name for dong in notice.dongs.all()) or "구 전체"

    def view_on_site(self, obj):
        return obj.get_absolute_url()
