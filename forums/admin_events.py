"""Admin of events: kinds are rows to edit; events are read here and written at the desk, which tells who registered."""

from django.contrib import admin
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.html import format_html

from forums.models import Event, EventKind, SeatState
from geumcheon.accounts.admin_base import RoleModelAdmin
from geumcheon.lib.admin_parts import History, PortalFields, Sections, is_list, per_row


@admin.register(EventKind)
class EventKindAdmin(Sections, PortalFields, RoleModelAdmin):
    """A kind of event, and the kind of meeting its record is."""

    fieldsets = [("행사 종류", {"fields": [("name", "order"), "meeting_kind", "training"]})]
    list_display = ["name", "meeting_kind", "training", "event_count", "order"]
    list_select_related = ["meeting_kind"]
    search_fields = ["name"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.annotate(event_rows=per_row(Event, "kind")) if is_list(request) else rows

    @admin.display(description="행사", ordering="event_rows")
    def event_count(self, kind):
        return kind.event_rows or 0


@admin.register(Event)
class EventAdmin(Sections, History, PortalFields, RoleModelAdmin):
    """Events, to read and to find."""

    fieldsets = [
        (
            "행사",
            {
                "fields": [
                    "at_desk", "title", ("kind", "scale", "state"), ("audience", "level", "hours"), "text",
                    ("year", "when_text"), ("starts_at", "ends_at", "whole_day"), ("way", "place", "dong"),
                    ("project", "proposal", "meeting"), ("capacity", "headcount"), ("register_from", "register_until"),
                    "cancel_reason", "source",
                ],
                "description": "행사는 여기서 읽고, 안내와 신청, 확인은 행사 관리 화면에서 합니다.",
            },
        )
    ]  # fmt: skip
    readonly_fields = ["at_desk"]
    list_display = ["title", "kind", "state", "starts_at", "project", "seated", "capacity"]
    list_filter = ["state", "year", "kind"]
    list_select_related = ["kind", "project__plan"]
    list_per_page = 50
    search_fields = ["title", "place"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        seated = Count("registrations", filter=Q(registrations__state=SeatState.SEATED))
        return rows.annotate(seated_rows=seated) if is_list(request) else rows

    @admin.display(description="행사 관리 화면")
    def at_desk(self, event):
        return (
            format_html('<a href="{}">관리하러 가기</a>', reverse("event_people", args=[event.pk])) if event.pk else "–"
        )

    @admin.display(description="자리", ordering="seated_rows")
    def seated(self, event):
        return event.seated_rows or 0
