"""Admin of what meetings pay: rates as rows, allowances as they were frozen, lists to pay and sign by."""

import io
import re
from datetime import date

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header

from councils import payment_actions, payment_sheets
from councils.admin_members import XLSX, add_errors
from councils.models import Allowance, AllowanceRate, Body, Meeting, RateKind, SeatKind
from geumcheon.accounts.admin_base import RoleModelAdmin
from geumcheon.lib import clock
from geumcheon.lib.admin_parts import History, PortalFields, ReadOnlyAdmin, per_row
from geumcheon.lib.form_fields import limit_days
from geumcheon.lib.money import won

BODY_KEY = re.compile("[0-9]{1,9}")


def download(write, filename):
    """An .xlsx that `write(file)` fills, as a response that nobody keeps."""
    buffer = io.BytesIO()
    write(buffer)
    response = HttpResponse(buffer.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    response["Cache-Control"] = "no-store"
    return response


class RateForm(forms.ModelForm):
    seat_kinds = forms.MultipleChoiceField(
        label="받는 자리",
        choices=SeatKind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="이 자리에 앉은 위원만 받습니다. 당연직으로 앉은 위원은 상위 기구의 자리로 가립니다.",
    )

    class Meta:
        model = AllowanceRate
        fields = ()

    def clean_kind(self):
        """A rate pays who attended; other kinds would be rows that pay nothing."""
        kind = self.cleaned_data["kind"]
        if kind != RateKind.ATTENDANCE and kind != self.instance.kind:
            raise ValidationError(
                "단가로는 참석수당만 계산합니다. 실비와 활동비는 ‘예산’의 실비와 활동비에 산출식으로 적어 주세요."
            )
        return kind


@admin.register(AllowanceRate)
class AllowanceRateAdmin(History, PortalFields, RoleModelAdmin):
    """A rate that paid something keeps its amount: a new amount is a new rate from its own day."""

    form = RateForm
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("name", "kind", "amount_krw"),
                    "seat_kinds",
                    "meeting_kinds",
                    "bodies",
                    "joint",
                    ("starts_on", "ends_before"),
                    "source",
                ],
                "description": "회의 종류나 기구를 고르지 않으면 모두에 씁니다. 금액이 바뀌면 이 단가를 끝내고 새 단가를 만듭니다.",
            },
        )
    ]
    list_display = ["name", "kind", "amount", "seats", "joint", "starts_on", "ends_before", "paid_rows", "source"]
    list_filter = ["kind", "joint"]
    search_fields = ["name", "source"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(allowance_rows=per_row(Allowance, "rate"))

    def get_fieldsets(self, request, obj=None):
        """The amount as text once somebody was paid by it."""
        amount = "amount" if obj is not None and obj.allowance_rows else "amount_krw"
        (title, options), *_ = super().get_fieldsets(request, obj)
        fields = [("name", "kind", amount), *options["fields"][1:]]
        return [(title, {**options, "fields": fields})]

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(["amount"] if obj is not None else [])]

    @admin.display(description="한 사람 금액", ordering="amount_krw")
    def amount(self, rate):
        return won(rate.amount_krw)

    @admin.display(description="받는 자리")
    def seats(self, rate):
        return ", ".join(rate.seat_kinds)

    @admin.display(description="수당", ordering="allowance_rows")
    def paid_rows(self, rate):
        return f"{rate.allowance_rows or 0}건"


class PaidFilter(admin.SimpleListFilter):
    title = "지급"
    parameter_name = "paid"

    def lookups(self, request, model_admin):
        return [("no", "아직 안 함"), ("yes", "지급함")]

    def queryset(self, request, queryset):
        known = {"no": True, "yes": False}
        return queryset.filter(paid_on__isnull=known[self.value()]) if self.value() in known else queryset


def month_of(text):
    """(first day, first day of the next month) of `2021-03`, or None."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    if len(text) != len("2021-03") or not 2000 <= first.year <= 2099:
        return None
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


class MonthFilter(admin.SimpleListFilter):
    title = "회의한 달"
    parameter_name = "month"

    def lookups(self, request, model_admin):
        found = Allowance.objects.order_by().annotate(m=TruncMonth("meeting__starts_on")).values_list("m", flat=True)
        return [(f"{m:%Y-%m}", f"{m.year}년 {m.month}월") for m in sorted(set(found.distinct()), reverse=True)]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        span = month_of(self.value())
        if span is None:
            return queryset.none()
        return queryset.filter(meeting__starts_on__gte=span[0], meeting__starts_on__lt=span[1])


class PayForm(forms.Form):
    on = limit_days(
        forms.DateField(label="지급일", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})),
    )


@admin.register(Allowance)
class AllowanceAdmin(ReadOnlyAdmin, PortalFields, RoleModelAdmin):
    """What meetings cost, computed when a record is published or corrected; paid meeting by meeting."""

    change_list_template = "councils/payments/change_list.html"
    fields = ["meeting", "person", "rate", "amount", "paid_on"]
    list_display = ["meeting_day", "meeting_link", "person", "rate_name", "amount", "paid_on"]
    list_display_links = ["meeting_day", "person"]
    list_filter = [PaidFilter, MonthFilter, ("rate", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["meeting__kind", "person", "rate"]
    list_per_page = 100
    search_fields = ["person__name", "rate__name", "=meeting__no", "meeting__agenda"]
    ordering = ["-meeting__starts_on", "-meeting__no", "pk"]

    @admin.display(description="회의 날", ordering="meeting__starts_on")
    def meeting_day(self, allowance):
        return f"{allowance.meeting.starts_on:%Y-%m-%d}"

    @admin.display(description="회의(지급 명세)", ordering="meeting__no")
    def meeting_link(self, allowance):
        meeting = allowance.meeting
        url = reverse("admin:councils_allowance_meeting", args=[meeting.pk])
        return format_html('<a href="{}">{}-{} {}</a>', url, meeting.year, meeting.no, meeting.kind)

    @admin.display(description="단가", ordering="rate__name")
    def rate_name(self, allowance):
        return allowance.rate.name

    @admin.display(description="금액", ordering="amount_krw")
    def amount(self, allowance):
        return won(allowance.amount_krw)

    def changelist_view(self, request, extra_context=None):
        month = request.GET.get("month", "")
        shown = month if month_of(month) else f"{clock.today():%Y-%m}"
        bodies = Body.objects.filter(meetings__allowances__isnull=False).distinct().order_by("order", "name")
        more = {"sheet_month": shown, "sheet_bodies": bodies}
        response = super().changelist_view(request, {**(extra_context or {}), **more})
        if changelist := getattr(response, "context_data", {}).get("cl"):
            unpaid = Sum("amount_krw", filter=Q(paid_on__isnull=True), default=0)
            sums = changelist.queryset.order_by().aggregate(total=Sum("amount_krw", default=0), unpaid=unpaid)
            response.context_data["sums"] = sums
        return response

    # --- lists to pay by ---
    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("month/", view(self.month_view), name="councils_allowance_month"),
            path("meeting/<int:pk>/", view(self.meeting_view), name="councils_allowance_meeting"),
            path("meeting/<int:pk>/sheet/", view(self.sheet_view), name="councils_allowance_sheet"),
            *super().get_urls(),
        ]

    def _meeting(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        meeting = Meeting.objects.filter(pk=pk).select_related("kind").first()
        if meeting is None or not (meeting.allowances.exists() or self._expenses(meeting)):
            raise Http404("수당이나 실비가 있는 회의가 아닙니다.")
        return meeting

    def _expenses(self, meeting):
        return payment_sheets.expenses_of(Meeting.objects.filter(pk=meeting.pk))

    def meeting_view(self, request, pk):
        """The list of one meeting; POST writes the day of payment on what is not paid yet."""
        meeting = self._meeting(request, pk)
        form = PayForm(request.POST or None, initial={"on": clock.today()}, label_suffix="")
        if request.method == "POST" and form.is_valid():
            try:
                count = payment_actions.mark_paid(meeting=meeting, by=request.user, on=form.cleaned_data["on"])
            except ValidationError as error:
                add_errors(form, error)
            else:
                if count:
                    self.log_change(request, meeting, f"수당 지급: {count}명, {form.cleaned_data['on']}")
                words = f"{count}명의 지급일을 적었습니다." if count else "모두 이미 지급했습니다. 바뀐 것이 없습니다."
                self.message_user(request, words, messages.SUCCESS)
                return HttpResponseRedirect(request.path)
        rows, expenses = payment_sheets.of_meeting(meeting), self._expenses(meeting)
        context = {
            **self.admin_site.each_context(request),
            "title": "참석수당과 실비 지급" if expenses else "참석수당 지급",
            "opts": self.opts,
            "meeting": meeting,
            "meeting_title": payment_sheets.title_of(meeting),
            "rows": rows,
            "expenses": expenses,
            "form": form,
            "total_krw": sum(row.amount_krw for row in [*rows, *expenses]),
            "unpaid": sum(row.paid_on is None for row in rows),
            "may_pay": request.user.has_perm("councils.pay_allowance"),
        }
        return TemplateResponse(request, "councils/payments/meeting.html", context)

    def sheet_view(self, request, pk):
        meeting = self._meeting(request, pk)
        name = f"참석수당-{meeting.year}-{meeting.no}.xlsx"
        return download(lambda target: payment_sheets.write_meeting(target, meeting), name)

    def month_view(self, request):
        """`?month=2021-03`: all meetings of that month on one list; `&body=3`: what that body's members are paid."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        span, asked = month_of(request.GET.get("month", "")), request.GET.get("body", "")
        body = Body.objects.filter(pk=asked).first() if BODY_KEY.fullmatch(asked) else None
        if span is None or (asked and body is None):
            words = "달을 2021-03처럼 적어 주세요." if span is None else "없는 기구입니다."
            self.message_user(request, words, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:councils_allowance_changelist"))
        name = f"참석수당-{span[0]:%Y-%m}{f'-{body.name}' if body else ''}.xlsx"
        return download(lambda target: payment_sheets.write_month(target, *span, body), name)
