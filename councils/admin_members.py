"""Admin of the roll of members: terms, people, stand-ins. The secretariat only; what is wrong shows at its field."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.urls import path
from django.utils.http import content_disposition_header

from councils import board, member_actions, terms
from councils.imports import MEMBERS
from councils.models import Attendance, BodyOffice, BodySeat, Membership, OfficeHolding, Person, StandIn
from geumcheon.accounts.admin_base import RoleModelAdmin, RoleTabularInline
from geumcheon.lib import clock, exports, periods
from geumcheon.lib.admin_parts import History, PortalFields, Rows, Sections
from geumcheon.lib.formsets import RowFormSet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def add_errors(form, error):
    """Show a ValidationError of an action at the fields of a form; what has no field there stands on top."""
    found = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
    for field, messages in found.items():
        form.add_error(field if field in form.fields else None, messages)


class SeatField(forms.ModelChoiceField):
    """Seats under the name of their body; the seat says which body it is."""

    def label_from_instance(self, seat):
        return f"{seat.body} — {seat}"


class PredecessorField(forms.ModelChoiceField):
    def label_from_instance(self, membership):
        left = periods.day_text(membership.left_on)
        return f"{membership.body} · {membership.seat.label} · {membership.person} ({left} 그만둠)"


class MembershipForm(forms.ModelForm):
    """A term. The body follows from the seat and is locked while its rules are looked at and the row is saved."""

    seat = SeatField(BodySeat.objects.none(), label="자리")
    replaces = PredecessorField(
        Membership.objects.none(),
        label="누구의 뒤를 이어",
        required=False,
        help_text="그만둔 위원의 남은 임기를 이어받을 때만 고릅니다.",
    )

    class Meta:
        model = Membership
        fields = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        seats = BodySeat.objects.select_related("body").order_by("body__order", "body_id", "order")
        left = Membership.objects.filter(left_on__isnull=False).select_related("body", "seat", "person")
        if self.instance.pk:
            seats, left = seats.filter(body=self.instance.body_id), left.filter(body=self.instance.body_id)
            left = left.exclude(pk=self.instance.pk)
        if "seat" in self.fields:
            self.fields["seat"].queryset = seats
            self.fields["replaces"].queryset = left.order_by("-left_on")
            self.fields["ends_before"].help_text = "비우면 자리의 임기대로 적습니다. 당연직은 비워 둡니다."
            self.fields["term_no"].help_text = "앞 임기가 명부에 있으면 저절로 셉니다."

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("left_on") and not cleaned.get("left_reason"):
            self.add_error("left_reason", "그만둔 까닭을 적어 주세요.")
        if cleaned.get("seat"):
            self.instance.body = cleaned["seat"].body
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        if self.errors or "seat" not in self.fields:
            return
        member_actions.lock_body(self.instance.body_id)
        try:
            member_actions.check_membership(self.instance)
        except ValidationError as error:
            add_errors(self, error)


class HoldingFormSet(RowFormSet):
    """Offices of one term, held against the term as it will be saved."""

    def add_fields(self, form, index):
        form.fields["office"].queryset = BodyOffice.objects.filter(body_id=self.instance.body_id)
        super().add_fields(form, index)

    def clean(self):
        super().clean()
        if self.instance.starts_on is None:
            return
        kept = [form for form in self.forms if self._is_kept(form)]
        holdings = [form.instance for form in kept]
        for form in kept:
            form.instance.membership = self.instance
            if form.has_changed():
                try:
                    member_actions.check_office(form.instance, holdings)
                except ValidationError as error:
                    add_errors(form, error)


class HoldingInline(Rows, RoleTabularInline):
    model = OfficeHolding
    formset = HoldingFormSet
    fields = ["office", "starts_on", "ends_before"]
    verbose_name_plural = "맡은 직"


class StateFilter(admin.SimpleListFilter):
    title = "상태"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("seated", "재임"), ("coming", "위촉 예정"), ("left", "그만둠"), ("past", "임기 끝남")]

    def queryset(self, request, queryset):
        today = clock.today()
        wanted = {
            "seated": lambda: queryset.seated(today),
            "coming": lambda: queryset.filter(starts_on__gt=today),
            "left": lambda: queryset.filter(left_on__lte=today),
            "past": lambda: queryset.filter(Q(left_on__isnull=True), ends_before__lte=today),
        }
        return wanted[self.value()]() if self.value() in wanted else queryset


class SoonFilter(admin.SimpleListFilter):
    title = "끝나는 때"
    parameter_name = "soon"

    def lookups(self, request, model_admin):
        return [("90", f"{board.SOON}일 안에 끝남")]

    def queryset(self, request, queryset):
        return queryset.filter(pk__in=board.ending_soon(clock.today())) if self.value() == "90" else queryset


def state_of(membership, day):
    """`재임`, `위촉 예정`, `그만둠` or `임기 끝남` on a day."""
    if membership.left_on and membership.left_on <= day:
        return "그만둠"
    if membership.starts_on > day:
        return "위촉 예정"
    return "재임" if periods.covers(membership.starts_on, membership.ends_before, day) else "임기 끝남"


def export_rows(memberships):
    """Rows under the headings of the import, so that a list taken out can be brought in again."""
    for m in memberships.select_related("person", "body", "seat"):
        last = periods.last_day(m.ends_before)
        how = m.get_recruited_display()
        yield [m.body.name, m.seat.label, m.person.name, m.person.email, m.starts_on, last, how, m.term_no]


@admin.register(Membership)
class MembershipAdmin(Sections, History, PortalFields, RoleModelAdmin):
    """The roll: one row per term, kept by the rules of councils.terms."""

    form = MembershipForm
    change_list_template = "councils/members/change_list.html"
    inlines = [HoldingInline]
    list_display = ["person_name", "body", "seat_label", "period", "term_no", "offices_now", "state"]
    list_filter = [("body", admin.RelatedOnlyFieldListFilter), StateFilter, SoonFilter, "recruited"]
    list_select_related = ["person", "body", "seat"]
    list_per_page = 50
    search_fields = ["person__name", "person__email", "body__name", "seat__label"]
    ordering = ["body__order", "body_id", "seat__order", "-starts_on", "pk"]
    autocomplete_fields = ["person"]
    actions = ["download"]
    TERM = ("임기", {"fields": ["seat", ("starts_on", "ends_before", "term_no"), "recruited", "replaces"]})
    END = (
        "그만둠",
        {
            "fields": [("left_on", "left_reason")],
            "description": "임기가 끝나기 전에 그만둔 때만 적습니다. 맡은 직도 그날 끝납니다.",
        },
    )

    # --- what is shown ---
    def get_fieldsets(self, request, obj=None):
        who = ("위원", {"fields": [("person", "body")] if obj else ["person"]})
        return [who, self.TERM, self.END] if obj else [who, self.TERM]

    def get_readonly_fields(self, request, obj=None):
        return ["person", "body"] if obj else []

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def get_queryset(self, request):
        today = clock.today()
        now = OfficeHolding.objects.filter(periods.covering(today)).select_related("office")
        rows = super().get_queryset(request).select_related("person", "body", "seat")
        return rows.prefetch_related(Prefetch("offices", now, to_attr="held_now"))

    @admin.display(description="사람", ordering="person__name")
    def person_name(self, membership):
        return membership.person.name

    @admin.display(description="자리", ordering="seat__order")
    def seat_label(self, membership):
        return membership.seat.label

    @admin.display(description="임기", ordering="starts_on")
    def period(self, membership):
        last = f" ~ {membership.last_day}" if membership.until else "부터"
        return f"{membership.starts_on}{last}"

    @admin.display(description="맡은 직")
    def offices_now(self, membership):
        return ", ".join(holding.office.name for holding in membership.held_now)

    @admin.display(description="상태")
    def state(self, membership):
        return state_of(membership, clock.today())

    def history_querysets(self, obj):
        return [*super().history_querysets(obj), OfficeHolding.history.filter(membership_id=obj.pk)]

    # --- who may ---
    def has_delete_permission(self, request, obj=None):
        """A term typed by mistake may go; once its person was written down at a meeting of the body it is history."""
        if obj is not None and obj.pk:
            met = Attendance.objects.filter(person=obj.person_id, meeting__bodies=obj.body_id)
            if met.filter(meeting__starts_on__gte=obj.starts_on).exists():
                return False
        return super().has_delete_permission(request, obj)

    # --- writes ---
    def save_model(self, request, obj, form, change):
        if not self._ask(request, "change" if change else "add", obj):
            raise PermissionDenied
        member_actions.save_membership(membership=obj)
        for sentence in terms.warnings(obj):
            self.message_user(request, sentence, "WARNING")

    @admin.action(description="고른 위원 내려받기(엑셀)", permissions=["view"])
    def download(self, request, queryset):
        response = HttpResponse(content_type=XLSX)
        response["Content-Disposition"] = content_disposition_header(True, f"위원 명부 {clock.today()}.xlsx")
        exports.write_xlsx(response, "위원 명부", MEMBERS.headings(), export_rows(queryset))
        return response

    def get_urls(self):
        page = self.admin_site.admin_view(board.membership_board)
        return [path("board/", page, name="councils_membership_board"), *super().get_urls()]


@admin.register(Person)
class PersonAdmin(PortalFields, RoleModelAdmin):
    """People of the roll: address, account, and from when to when the name may be public."""

    fieldsets = [
        (None, {"fields": ["name", "email", "user"]}),
        (
            "이름 공개",
            {
                "fields": [("consented_on", "consent_withdrawn_on")],
                "description": "동의한 날부터 거둔 날 전까지만 이름이 공개됩니다. 비우면 직과 임기만 보입니다.",
            },
        ),
    ]
    list_display = ["name", "email", "seats_now", "public", "user", "forgotten_on"]
    list_filter = [
        ("memberships__body", admin.RelatedOnlyFieldListFilter),
        ("forgotten_on", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["user"]
    search_fields = ["name", "email"]
    autocomplete_fields = ["user"]
    list_per_page = 50

    def get_queryset(self, request):
        now = Membership.objects.seated(clock.today()).select_related("body")
        return super().get_queryset(request).prefetch_related(Prefetch("memberships", now, to_attr="seated_now"))

    @admin.display(description="지금 있는 기구")
    def seats_now(self, person):
        return ", ".join(membership.body.name for membership in person.seated_now)

    @admin.display(description="이름 공개", boolean=True)
    def public(self, person):
        return person.name_is_public(clock.today())

    def has_change_permission(self, request, obj=None):
        """A name that was destroyed is not written again."""
        return super().has_change_permission(request, obj) and not (obj and obj.forgotten_on)


class StandInForm(forms.ModelForm):
    class Meta:
        model = StandIn
        fields = ()

    def clean(self):
        cleaned = super().clean()
        needed = ("body", "person", "starts_on", "ends_before")
        if all(cleaned.get(name) for name in needed) and cleaned["ends_before"] > cleaned["starts_on"]:
            member_actions.lock_body(cleaned["body"].pk)
            member_actions.check_stand_in(StandIn(**{name: cleaned[name] for name in needed}))
        return cleaned


@admin.register(StandIn)
class StandInAdmin(History, PortalFields, RoleModelAdmin):
    """Who confirms a body's minutes while its 간사 and 위원장 cannot."""

    form = StandInForm
    fields = ["body", "person", ("starts_on", "ends_before"), "reason"]
    list_display = ["body", "person", "starts_on", "last", "reason"]
    list_filter = [("body", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["body", "person"]
    search_fields = ["body__name", "person__name", "reason"]
    autocomplete_fields = ["body", "person"]

    @admin.display(description="마지막 날", ordering="ends_before")
    def last(self, stand_in):
        return periods.last_day(stand_in.ends_before)
