"""Where an indicator's numbers come from: its source, typed measurements, inspections, publicity, and the stored result."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from councils.models import AgendaItem, Body, MeetingKind, Person
from geumcheon.accounts.models import Department, Dong
from geumcheon.lib.models import Sourced, choices_check
from projects.models.indicator import Indicator
from projects.models.project import Project


class ProjectAgenda(models.Model):
    """An agenda item that concerns a project (declared on the right: an item knows no project)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="project_items", verbose_name="사업")
    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="project_items", verbose_name="안건")

    class Meta:
        verbose_name = "안건의 사업"
        verbose_name_plural = "안건의 사업"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["project", "item"], name="projectagenda_unique")]

    def __str__(self):
        return f"{self.project} · {self.item}"


class IndicatorSource(Sourced):
    """What an indicator counts, and why: a provider of projects.evidence with its filters.

    `provider` is the key of a registered provider (meetings, attendance, inspections, publicity, measurement, …).
    No kinds or no bodies chosen means any; `own_project` keeps to rows linked with the indicator's project.
    """

    indicator = models.OneToOneField(
        Indicator, on_delete=models.CASCADE, related_name="evidence_source", verbose_name="성과지표"
    )
    provider = models.SlugField("무엇을 세나", max_length=30)
    meeting_kinds = models.ManyToManyField(MeetingKind, related_name="+", blank=True, verbose_name="회의 종류")
    bodies = models.ManyToManyField(Body, related_name="+", blank=True, verbose_name="기구")
    own_project = models.BooleanField("이 사업의 것만", default=True)
    words = models.CharField(
        "들어 있어야 할 말",
        max_length=120,
        blank=True,
        help_text="제목이나 내용에 이 말이 있는 것만. 여러 말은 쉼표로(하나라도).",
    )
    minimum_people = models.PositiveIntegerField(
        "최소 인원", null=True, blank=True, help_text="이만큼 모인 것만 셉니다."
    )
    reason = models.CharField("까닭", max_length=300)
    history = HistoricalRecords(verbose_name="변경 기록", m2m_fields=[meeting_kinds, bodies])

    class Meta:
        verbose_name = "지표의 근거"
        verbose_name_plural = "지표의 근거"
        ordering = ["indicator__project__number", "indicator__order"]

    def __str__(self):
        return f"{self.indicator} ← {self.provider}"


class Measurement(models.Model):
    """A typed value of an indicator with its evidence; an officer enters it, the secretariat confirms, then it is public.

    `value` is in the indicator's unit (won, people, percent, times); for yes-or-no indicators 1 is yes (as promised), 0 no.
    `part` names the unit an "every" indicator counts by (a dong, `2분기`, a day); empty for the others.
    """

    class State(models.TextChoices):
        ENTERED = "entered", "확인 전"
        CONFIRMED = "confirmed", "확인"
        RETURNED = "returned", "돌려보냄"

    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="measurements", verbose_name="성과지표"
    )
    on = models.DateField("잰 날")
    value = models.DecimalField("값", max_digits=14, decimal_places=2)
    base = models.PositiveIntegerField("모두 몇 가운데", null=True, blank=True, help_text="비율이면 응답한 사람 수")
    dong = models.ForeignKey(Dong, on_delete=models.PROTECT, null=True, blank=True, verbose_name="동")
    part = models.CharField("어느 몫", max_length=20, blank=True, help_text="분기, 날짜처럼 따로 세는 몫")
    evidence = models.CharField("근거", max_length=200, help_text="결과 보고서, 설문조사처럼 무엇으로 쟀는지")
    link = models.CharField("근거 주소", max_length=300, blank=True)
    file = models.FileField("근거 파일", upload_to="measurements/%Y", blank=True)
    state = models.CharField("상태", max_length=10, choices=State, default=State.ENTERED, editable=False)
    note = models.CharField("돌려보낸 까닭", max_length=200, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    confirmed_at = models.DateTimeField("확인한 때", null=True, editable=False)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "측정"
        verbose_name_plural = "측정"
        ordering = ["-on", "-pk"]
        constraints = [
            choices_check("state", ["entered", "confirmed", "returned"], "measurement_state_valid"),
            models.CheckConstraint(
                condition=Q(link="") | Q(link__regex=r"^(/($|[^/\\])|https://)"),
                name="measurement_link_safe",
                violation_error_message="/로 시작하는 포털 안의 쪽이나 https:// 주소를 적어 주세요.",
            ),
        ]

    def __str__(self):
        return f"{self.indicator} {self.value}"


class ResultState(models.TextChoices):
    NO_DATA = "no_data", "결과 자료 없음"
    NOT_MEASURED = "not_measured", "측정 전"
    REACHED = "reached", "달성"
    ON_THE_WAY = "on_the_way", "진행 중"
    BEHIND = "behind", "뒤처짐"
    MISSED = "missed", "미달성"


# The order in which states are shown: what was reached, what is open, what lacks.
SHOWN_STATES = (
    ResultState.REACHED, ResultState.ON_THE_WAY, ResultState.BEHIND, ResultState.MISSED, ResultState.NOT_MEASURED, ResultState.NO_DATA,
)  # fmt: skip


class IndicatorResult(models.Model):
    """The stored achievement of one indicator, recomputed by the rollup and never bumped by hand (DESIGN.md rules 6, 7).

    `value` is in the indicator's unit; `share` and `due_share` are percent of the target, reached and due by the day of
    computation; `missing` lists the parts (dongs, quarters) that lack a value.
    """

    indicator = models.OneToOneField(
        Indicator, on_delete=models.CASCADE, related_name="result", verbose_name="성과지표"
    )
    state = models.CharField("상태", max_length=12, choices=ResultState)
    value = models.DecimalField("값", max_digits=14, decimal_places=2, null=True)
    share = models.DecimalField("이룬 비율(%)", max_digits=7, decimal_places=1, null=True)
    due_share = models.DecimalField("이날까지의 몫(%)", max_digits=5, decimal_places=1, null=True)
    evidence_count = models.PositiveIntegerField("근거 수", default=0)
    missing = models.JSONField("빠진 몫", default=list)
    computed_at = models.DateTimeField("계산한 때")

    class Meta:
        verbose_name = "지표 결과"
        verbose_name_plural = "지표 결과"
        ordering = ["indicator__project__number", "indicator__order"]
        constraints = [choices_check("state", ResultState, "indicatorresult_state_valid")]

    def __str__(self):
        return f"{self.indicator} {self.get_state_display()}"


class TeamKind(models.TextChoices):
    SUPERVISORS = "supervisors", "주민감독관"
    MONITORS = "monitors", "모니터링단"
    SUPPORTERS = "supporters", "서포터즈"


class InspectionTeam(Sourced):
    """Residents who watch over one project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="teams", verbose_name="사업")
    kind = models.CharField("종류", max_length=12, choices=TeamKind)
    name = models.CharField("이름", max_length=80)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "점검단"
        verbose_name_plural = "점검단"
        ordering = ["project__number", "name"]
        constraints = [
            choices_check("kind", TeamKind, "inspectionteam_kind_valid"),
            models.UniqueConstraint(fields=["project", "name"], name="inspectionteam_unique"),
        ]

    def __str__(self):
        return self.name


class TeamMember(models.Model):
    """One person's time in a team."""

    team = models.ForeignKey(InspectionTeam, on_delete=models.CASCADE, related_name="members", verbose_name="점검단")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="teams", verbose_name="사람")
    starts_on = models.DateField("시작일")
    ends_before = models.DateField("종료일(그날 전까지)", null=True, blank=True)

    class Meta:
        verbose_name = "점검단원"
        verbose_name_plural = "점검단원"
        ordering = ["starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["team", "person", "starts_on"], name="teammember_unique"),
            models.CheckConstraint(
                condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on")),
                name="teammember_ends_after_start",
                violation_error_message="종료일은 시작일보다 뒤여야 합니다.",
            ),
        ]

    def __str__(self):
        return str(self.person)


class Visit(models.Model):
    """One inspection: on paper or on site, with the number of people and what they found."""

    class Way(models.TextChoices):
        WRITTEN = "written", "서면"
        ON_SITE = "on_site", "현장"

    team = models.ForeignKey(InspectionTeam, on_delete=models.PROTECT, related_name="visits", verbose_name="점검단")
    way = models.CharField("방법", max_length=8, choices=Way, default=Way.ON_SITE)
    on = models.DateField("날짜")
    place = models.CharField("장소", max_length=120, blank=True)
    people = models.PositiveSmallIntegerField("인원", null=True, blank=True)
    text = models.TextField("살핀 것", blank=True)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "점검"
        verbose_name_plural = "점검"
        ordering = ["-on", "-pk"]
        constraints = [choices_check("way", ["written", "on_site"], "visit_way_valid")]

    def __str__(self):
        return f"{self.team} {self.on:%Y-%m-%d}"


class VisitPhoto(models.Model):
    """A photo of a visit, resized and without its metadata."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="photos", verbose_name="점검")
    alt = models.CharField("사진 설명", max_length=200)
    file = models.ImageField("사진", upload_to="visits/%Y")

    class Meta:
        verbose_name = "점검 사진"
        verbose_name_plural = "점검 사진"
        ordering = ["pk"]

    def __str__(self):
        return self.alt


class FindingState(models.TextChoices):
    FOUND = "found", "지적"
    NOTIFIED = "notified", "부서 통보"
    DEMANDED = "demanded", "시정요구"
    DONE = "done", "조치"


# The way of a finding; projects.actions.move_finding is the only way along it.
FINDING_MOVES = {
    FindingState.FOUND: {FindingState.NOTIFIED},
    FindingState.NOTIFIED: {FindingState.DEMANDED, FindingState.DONE},
    FindingState.DEMANDED: {FindingState.DONE},
    FindingState.DONE: set(),
}


class Finding(models.Model):
    """Something a visit found wrong: 지적 → 부서 통보 → 시정요구 → 조치, each with its day."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="findings", verbose_name="점검")
    text = models.TextField("지적한 것")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="findings", verbose_name="부서"
    )
    state = models.CharField("상태", max_length=10, choices=FindingState, default=FindingState.FOUND, editable=False)
    notified_on = models.DateField("통보한 날", null=True, blank=True)
    demanded_on = models.DateField("시정을 요구한 날", null=True, blank=True)
    due_on = models.DateField("조치 기한", null=True, blank=True)
    action = models.TextField("조치한 것", blank=True)
    acted_on = models.DateField("조치한 날", null=True, blank=True)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "지적"
        verbose_name_plural = "지적"
        ordering = ["due_on", "pk"]
        constraints = [
            choices_check("state", FindingState, "finding_state_valid"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(acted_on__isnull=False) & ~Q(action=""),
                name="finding_done_says_what",
                violation_error_message="조치한 날과 내용을 적어 주세요.",
            ),
        ]

    def __str__(self):
        return self.text[:40]


class Channel(models.TextChoices):
    NEWSLETTER = "newsletter", "소식지"
    PRESS = "press", "보도"
    POSTER = "poster", "현수막·포스터"
    LEAFLET = "leaflet", "전단·책자"
    SNS = "sns", "사회관계망"
    WEBSITE = "website", "누리집"
    VIDEO = "video", "영상"
    VISIT = "visit", "찾아가는 홍보"
    OTHER = "other", "그 밖"


class Publicity(models.Model):
    """One piece of publicity for a project: channel, day, and a link or file that shows it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="publicity", verbose_name="사업")
    channel = models.CharField("매체", max_length=12, choices=Channel)
    on = models.DateField("날짜")
    title = models.CharField("제목", max_length=120)
    link = models.URLField("주소", blank=True)
    file = models.FileField("파일", upload_to="publicity/%Y", blank=True)
    history = HistoricalRecords(verbose_name="변경 기록")

    class Meta:
        verbose_name = "홍보"
        verbose_name_plural = "홍보"
        ordering = ["-on", "-pk"]
        constraints = [
            choices_check("channel", Channel, "publicity_channel_valid"),
            models.CheckConstraint(
                condition=~Q(link="") | ~Q(file=""),
                name="publicity_shown",
                violation_error_message="홍보물을 볼 수 있는 주소나 파일을 붙여 주세요.",
            ),
        ]

    def __str__(self):
        return self.title
