"""Calling, logging and correcting a meeting: one form each, phone first, that loses nothing that was typed."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from councils import form_drafts, meeting_actions, minutes, quorum
from councils.log_forms import CallSheet, Sheet
from councils.log_start import last_values, take_over, twins
from councils.meeting_actions import StaleRecord
from councils.meeting_rules import may_log_for
from councils.models import Meeting, MeetingKind, MeetingState
from geumcheon.lib import clock

ROWS = {"item": "items", "guest": "guests", "photo": "photos", "paper": "papers"}  # button -> rows it adds one to
SENT = ("save", "submit")
CLEAR = "kept_to_clear"  # in the session: forms whose copy on this device may go
form_view = require_http_methods(["GET", "HEAD", "POST"])


def meeting_for(request, year, no, permission):
    """The meeting, for somebody who may. 404 for who must not know its record, 403 for who may only read it."""
    meeting = get_object_or_404(Meeting.objects.select_related("kind"), year=year, no=no)
    if request.user.has_perm(permission, meeting):
        return meeting
    if meeting.state in (MeetingState.LOGGED, MeetingState.SUBMITTED, MeetingState.CANCELLED):
        if not request.user.has_perm("councils.read_draft", meeting):
            raise Http404
    raise PermissionDenied


def sign_in_first(request, key=None):
    """The way to the sign-in for visitors, None for others; a form they sent waits for them in the session."""
    if request.user.is_authenticated:
        return None
    if request.method == "POST" and key:
        form_drafts.keep_signed_out(request, key)
        messages.warning(request, "로그인이 끝나 저장하지 못했습니다. 적은 글은 남아 있으니 로그인하면 이어집니다.")
    return redirect_to_login(request.path)


def sent_home(request, meeting, sentence):
    messages.info(request, sentence)
    return redirect(meeting)


def clear_kept(request, *keys):
    """The draft was saved: drop it here, and let the next page drop the copy on the device."""
    for key in keys:
        form_drafts.drop(request.user, key)
    request.session[CLEAR] = [*request.session.get(CLEAR, []), *keys][-10:]


class Desk:
    """One form on one page: how it is shown, what its buttons do, and what becomes of a record that is in order."""

    def __init__(self, request, key, sheet, template, write, meeting=None, initial=None, **context):
        self.request, self.key, self.sheet_class, self.template = request, key, sheet, template
        self.write, self.meeting, self.initial, self.context = write, meeting, initial, context

    def answer(self):
        """The response to the request."""
        if self.request.method == "POST":
            return self._sent()
        if form_drafts.claim_signed_out(self.request, self.key):
            return redirect(f"{self.request.path}?draft=1")
        draft = form_drafts.find(self.request.user, self.key)
        if draft and self.request.GET.get("draft"):
            return self.page(self._sheet(form_drafts.as_data(draft), checked=False), continued=True)
        return self.page(self._sheet(), draft=draft)

    def _sheet(self, data=None, files=None, checked=True):
        return self.sheet_class(
            user=self.request.user, meeting=self.meeting, data=data, files=files, initial=self.initial, checked=checked
        )

    def _sent(self):
        do, data = self.request.POST.get("do", "save"), self.request.POST
        if do == "forget":
            form_drafts.drop(self.request.user, self.key)
            return redirect(self.request.path)
        if do == "last":
            sheet = self._sheet(data, checked=False)
            return self.page(sheet, row_added=True, taken=take_over(sheet.roll, self.request.user, self.meeting))
        if do not in SENT:
            return self.page(self._sheet(self._one_more(do, data.copy()), checked=False), row_added=True)
        sheet = self._sheet(data, self.request.FILES)
        if sheet.is_valid():
            try:
                return self.write(sheet, do)
            except StaleRecord:
                return self._stale(sheet)
            except ValidationError as error:
                sheet.refuse(error)
        return self.page(sheet, refused=True)

    def _one_more(self, do, data):
        name = f"{ROWS.get(do)}-TOTAL_FORMS"
        if data.get(name, "").isdecimal() and len(data[name]) < 4:
            data[name] = str(int(data[name]) + 1)
        return data

    def _stale(self, sheet):
        """Somebody saved since: theirs beside what was typed, and the form with the newer version."""
        self.meeting.refresh_from_db()
        record = sheet.record()
        record.parts = sheet.parts
        try:
            changes = meeting_actions.compare(meeting=self.meeting, by=self.request.user, record=record)
        except ValidationError as error:
            sheet.refuse(error)
            changes = []
        kept = set(self.meeting.attendances.filter(present=True).values_list("person_id", flat=True))
        names = {
            "before": ", ".join(s.person.name for s in sheet.roll.seats if s.person.pk in kept),
            "after": ", ".join(s.person.name for s in sheet.roll.seats if s.present),
        }
        if sheet.with_log and names["before"] != names["after"]:
            changes.append({"field": "참석 명단", **names})
        sheet.version = self.meeting.edit_version
        return self.page(sheet, stale=True, changes=changes)

    def page(self, sheet, **context):
        errors = sheet.errors() if context.get("refused") else []
        context = {
            **self.context,
            **context,
            "sheet": sheet,
            "key": self.key,
            "meeting": self.meeting,
            "errors": errors,
        }
        context["path"] = self.request.path
        context["files_lost"] = bool(self.request.FILES)
        context["clear"] = self.request.session.pop(CLEAR, [])
        return render(self.request, f"councils/log/{self.template}.html", context)


def _own_bodies(request):
    """Who sits nowhere has no meeting to call or log."""
    allowed = may_log_for(request.user)
    if allowed is not None and not allowed:
        raise PermissionDenied
    return allowed


def _refuse_twin(request, sheet):
    """A second meeting of the same kind, bodies and day is mostly the first one, sent twice over a bad line."""
    same = None if request.POST.get("another") else twins(sheet.head.cleaned_data).first()
    if same is not None:
        sheet.twin = same
        raise ValidationError("같은 날 같은 기구의 같은 회의가 이미 있습니다. 아래에서 확인해 주세요.")


def _saved_words():
    return f"{timezone.localtime(clock.now()):%H:%M} 저장했습니다."


def _after_log(request, meeting, do, *keys):
    """Where a saved log leads: back to the form, or handed in, to the meeting's page."""
    clear_kept(request, *keys)
    address = reverse("councils:log", args=[meeting.year, meeting.no])
    if do == "submit":
        try:
            meeting_actions.submit(meeting=meeting, by=request.user)
        except ValidationError:
            return redirect(f"{address}?missing=1")
        messages.success(request, "제출했습니다. 간사나 위원장이 확인하고 게시합니다.")
        return redirect(meeting)
    messages.success(request, _saved_words())
    return redirect(address)


@never_cache
@form_view
def call_new(request):
    """회의 알리기: call a meeting of an own body; everybody seated gets a mail."""
    if (away := sign_in_first(request, "new-call")) is not None:
        return away
    allowed = _own_bodies(request)

    def write(sheet, do):
        _refuse_twin(request, sheet)
        meeting = meeting_actions.call_meeting(by=request.user, record=sheet.record())
        return _called(request, meeting, "new-call", "회의를 알렸습니다. 위원들에게 전자우편을 보냅니다.")

    initial = last_values(allowed, request.GET.get("body"))
    return Desk(request, "new-call", CallSheet, "call", write, initial=initial, **_kinds()).answer()


def _called(request, meeting, key, sentence):
    clear_kept(request, key)
    messages.success(request, sentence)
    if meeting.kind.extraordinary:
        messages.info(request, quorum.request_suffices(meeting)[1])
    return redirect(meeting)


def _kinds():
    extraordinary = MeetingKind.objects.filter(extraordinary=True).values_list("pk", flat=True)
    return {"extraordinary": " ".join(map(str, extraordinary))}


@never_cache
@form_view
def call(request, year, no):
    """Change a called meeting."""
    key_of = Meeting.objects.filter(year=year, no=no).values_list("pk", flat=True).first()
    if (away := sign_in_first(request, key_of and f"call-{key_of}")) is not None:
        return away
    meeting = meeting_for(request, year, no, "councils.log_meeting")
    if meeting.state != MeetingState.CALLED:
        return sent_home(request, meeting, "이미 작성을 시작한 회의라 알림은 고칠 수 없습니다.")

    def write(sheet, do):
        saved = meeting_actions.save_call(
            meeting=meeting, by=request.user, record=sheet.record(), version=sheet.version_number()
        )
        return _called(request, saved, f"call-{meeting.pk}", _saved_words())

    return Desk(request, f"call-{meeting.pk}", CallSheet, "call", write, meeting=meeting, **_kinds()).answer()


@never_cache
@form_view
def log_new(request):
    """회의 적기: the log of a meeting that was not called through the portal."""
    if (away := sign_in_first(request, "new-log")) is not None:
        return away
    allowed = _own_bodies(request)

    def write(sheet, do):
        _refuse_twin(request, sheet)
        meeting = meeting_actions.start_log(by=request.user, record=sheet.record())
        return _after_log(request, meeting, do, "new-log")

    initial = {**last_values(allowed, request.GET.get("body")), "starts_on": clock.today()}
    return Desk(request, "new-log", Sheet, "log", write, initial=initial, **_kinds()).answer()


@never_cache
@form_view
def log(request, year, no):
    """The log of a called or started meeting, until it is handed in."""
    key_of = Meeting.objects.filter(year=year, no=no).values_list("pk", flat=True).first()
    if (away := sign_in_first(request, key_of and f"log-{key_of}")) is not None:
        return away
    meeting = meeting_for(request, year, no, "councils.log_meeting")
    if meeting.state not in (MeetingState.CALLED, MeetingState.LOGGED):
        return sent_home(request, meeting, f"‘{meeting.get_state_display()}’ 상태라 바로 고칠 수 없습니다.")
    key = f"log-{meeting.pk}"

    def write(sheet, do):
        saved = meeting_actions.save_log(
            meeting=meeting, by=request.user, record=sheet.record(), version=sheet.version_number()
        )
        return _after_log(request, saved, do, key)

    missing = minutes.missing(meeting) if request.GET.get("missing") else []
    return Desk(request, key, Sheet, "log", write, meeting=meeting, missing=missing, **_kinds()).answer()


@never_cache
@form_view
def correct(request, year, no):
    """정정: the same form on a published record, with the reason; what it said stays readable beside it."""
    key_of = Meeting.objects.filter(year=year, no=no).values_list("pk", flat=True).first()
    if (away := sign_in_first(request, key_of and f"correct-{key_of}")) is not None:
        return away
    meeting = meeting_for(request, year, no, "councils.publish_meeting")
    if meeting.state != MeetingState.PUBLISHED:
        return sent_home(request, meeting, "게시한 기록만 정정합니다.")
    key = f"correct-{meeting.pk}"

    def write(sheet, do):
        meeting_actions.correct(
            meeting=meeting,
            by=request.user,
            reason=request.POST.get("reason", "")[:200],
            record=sheet.record(),
            version=sheet.version_number(),
        )
        clear_kept(request, key)
        messages.success(request, "정정했습니다. 무엇이 왜 바뀌었는지 회의 쪽에 보입니다.")
        return redirect(meeting)

    desk = Desk(request, key, Sheet, "log", write, meeting=meeting, correcting=True, **_kinds())
    desk.context["reason"] = request.POST.get("reason", "")
    return desk.answer()
