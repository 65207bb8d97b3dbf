"""People who sign in, the departments and dongs of the district, and the outbox."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q

from geumcheon.lib import clock, periods
from geumcheon.lib.models import Sourced, choices_check


class Department(Sourced):
    """An office of the district (과, 담당관). Offices stand for their holders: no personal names."""

    name = models.CharField("부서 이름", max_length=60, unique=True)
    phone = models.CharField(
        "대표 전화", max_length=20, blank=True, help_text="문의할 곳으로 사업 쪽에 보입니다. 예: 02-2627-0000"
    )

    class Meta:
        verbose_name = "부서"
        verbose_name_plural = "부서"
        ordering = ["name"]

    def __str__(self):
        return self.name


class DepartmentAlias(models.Model):
    """Another printed wording of a department (DESIGN.md rule 12)."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="aliases", verbose_name="부서")
    name = models.CharField("다른 이름", max_length=60)

    class Meta:
        verbose_name = "부서의 다른 이름"
        verbose_name_plural = "부서의 다른 이름"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["department", "name"], name="departmentalias_unique")]

    def __str__(self):
        return self.name


class Dong(Sourced):
    """One of the ten dongs (가산동, 독산1–4동, 시흥1–5동)."""

    name = models.CharField("동 이름", max_length=20, unique=True)
    order = models.PositiveSmallIntegerField("순서", unique=True)

    class Meta:
        verbose_name = "동"
        verbose_name_plural = "동"
        ordering = ["order"]

    def __str__(self):
        return self.name


class Role(models.TextChoices):
    """Who someone is in the portal (DESIGN.md, Who uses it). Visitors have no account."""

    RESIDENT = "resident", "주민"
    MEMBER = "member", "위원"
    OFFICER = "officer", "부서 담당자"
    SECRETARIAT = "secretariat", "협치추진단"


class PortalUserManager(UserManager):
    """`is_staff` follows from the role, so nobody passes it in."""

    def create_superuser(self, username, email=None, password=None, **extra):
        extra.pop("is_staff", None)
        extra.setdefault("is_superuser", True)
        extra.setdefault("role", Role.SECRETARIAT)
        return super()._create_user(username, email, password, **extra)

    def create_user(self, username, email=None, password=None, **extra):
        extra.pop("is_staff", None)
        return super()._create_user(username, email, password, **extra)


class User(AbstractUser):
    """Someone who signs in. The role decides what is open to them; the rules are in each app's rules.py."""

    first_name = None
    last_name = None
    name = models.CharField("이름", max_length=60, blank=True, help_text="화면에 보일 이름. 비우면 아이디가 보입니다.")
    email = models.EmailField("전자우편", blank=True)
    role = models.CharField("역할", max_length=20, choices=Role, default=Role.RESIDENT)
    is_demo = models.BooleanField("시연 계정", default=False, editable=False)
    # Accounts are made by invitation or after the mailed link was used; only those of Kakao, Naver or OIDC start without.
    email_proved = models.BooleanField("전자우편 확인", default=True, editable=False)
    consented_at = models.DateTimeField("약관에 동의한 때", null=True, blank=True, editable=False)
    blocked_until = models.DateTimeField(
        "글쓰기 멈춤(이때까지)",
        null=True,
        blank=True,
        help_text="이때까지 읽기만 할 수 있습니다. 본인에게 까닭이 보입니다.",
    )
    blocked_reason = models.CharField("멈춘 까닭", max_length=200, blank=True, help_text="본인에게 보입니다.")
    left_at = models.DateTimeField("탈퇴한 때", null=True, blank=True, editable=False)

    objects = PortalUserManager()

    class Meta:
        verbose_name = "사용자"
        verbose_name_plural = "사용자"
        ordering = ["username"]
        constraints = [
            choices_check("role", Role, "user_role_valid"),
            models.UniqueConstraint(
                models.functions.Lower("email"),
                name="user_email_unique",
                condition=~Q(email=""),
                violation_error_message="이미 쓰고 있는 전자우편 주소입니다.",
            ),
            models.CheckConstraint(
                condition=Q(blocked_until__isnull=True) | ~Q(blocked_reason=""),
                name="user_block_has_reason",
                violation_error_message="글쓰기를 멈출 때에는 까닭을 적어 주세요.",
            ),
        ]

    def __str__(self):
        return self.name or self.username

    @property
    def is_staff(self):
        """Whether the admin opens: officers and the secretariat."""
        return self.is_superuser or self.role in (Role.OFFICER, Role.SECRETARIAT)

    def get_full_name(self):
        return self.name or self.username

    def get_short_name(self):
        return self.name or self.username

    def department_ids(self, day=None):
        """Ids of the departments this officer is assigned to on `day` (today)."""
        day = day or clock.today()
        return set(self.assignments.filter(periods.covering(day)).values_list("department_id", flat=True))


class DepartmentAssignment(models.Model):
    """An officer belongs to a department from a day until before another day (half-open)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assignments", verbose_name="담당자")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="assignments", verbose_name="부서"
    )
    starts_on = models.DateField("시작일")
    ends_before = models.DateField("종료일(그날 전까지)", null=True, blank=True)

    class Meta:
        verbose_name = "부서 배정"
        verbose_name_plural = "부서 배정"
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_before__isnull=True) | Q(ends_before__gt=F("starts_on")),
                name="assignment_ends_after_start",
                violation_error_message="종료일은 시작일보다 뒤여야 합니다.",
            ),
            models.UniqueConstraint(
                fields=["user", "department"],
                condition=Q(ends_before__isnull=True),
                name="assignment_one_open",
                violation_error_message="이 부서에 이미 배정되어 있습니다.",
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.department}"


class MessageState(models.TextChoices):
    WAITING = "waiting", "보낼 것"
    SENT = "sent", "보냄"
    FAILED = "failed", "실패"


class OutboxMessage(models.Model):
    """One mail or text message for one person and event: sent once, retried, visible to staff."""

    class Channel(models.TextChoices):
        MAIL = "mail", "전자우편"
        TEXT = "text", "문자"

    event = models.CharField(
        "사건", max_length=120, help_text="받는 사람마다 한 번만 보내는 일의 이름. 예: invitation:12:1"
    )
    recipient = models.CharField("받는 곳", max_length=254)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, verbose_name="받는 사람")
    channel = models.CharField("방법", max_length=10, choices=Channel.choices, default=Channel.MAIL)
    subject = models.CharField("제목", max_length=200)
    body = models.TextField("내용")
    state = models.CharField("상태", max_length=10, choices=MessageState, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField("시도", default=0)
    error = models.CharField("오류", max_length=300, blank=True)
    created_at = models.DateTimeField("만든 때", auto_now_add=True)
    sent_at = models.DateTimeField("보낸 때", null=True, blank=True)

    class Meta:
        verbose_name = "보낸 편지함"
        verbose_name_plural = "보낸 편지함"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "recipient"], name="outbox_once", violation_error_message="이미 보낸 알림입니다."
            ),
            choices_check("state", MessageState, "outbox_state_valid"),
        ]

    def __str__(self):
        return f"{self.subject} → {self.recipient}"


class ExportState(models.TextChoices):
    WAITING = "waiting", "기다리는 중"
    RUNNING = "running", "만드는 중"
    DONE = "done", "다 됨"
    FAILED = "failed", "실패"


class ExportJob(models.Model):
    """A file made by a task because it takes longer than a second; the page shows `progress` (percent) and then the link."""

    kind = models.CharField("종류", max_length=40)
    params = models.JSONField("조건", default=dict, blank=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, verbose_name="만든 사람")
    token = models.CharField("주소 열쇠", max_length=40, unique=True)
    state = models.CharField("상태", max_length=10, choices=ExportState, default=ExportState.WAITING)
    progress = models.PositiveSmallIntegerField("진행(%)", default=0)
    filename = models.CharField("파일 이름", max_length=120, blank=True)
    file = models.FileField("파일", upload_to="exports/", blank=True)
    error = models.CharField("오류", max_length=300, blank=True)
    created_at = models.DateTimeField("만든 때", auto_now_add=True)
    finished_at = models.DateTimeField("끝난 때", null=True, blank=True)
    expires_at = models.DateTimeField("지우는 때", help_text="이때가 지나면 파일과 함께 지웁니다.")

    class Meta:
        verbose_name = "내려받기 작업"
        verbose_name_plural = "내려받기 작업"
        ordering = ["-created_at", "-pk"]
        constraints = [
            choices_check("state", ExportState, "exportjob_state_valid"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="exportjob_progress_percent"),
        ]

    def __str__(self):
        return f"{self.kind} {self.filename}".strip()


class FormDraft(models.Model):
    """What somebody typed into a long form and has not sent yet. `data` is {field name: text}; destroyed when it is sent."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts", verbose_name="쓴 사람")
    key = models.CharField("양식", max_length=80)
    data = models.JSONField("적은 것")
    saved_at = models.DateTimeField("저장한 때")

    class Meta:
        verbose_name = "쓰던 글"
        verbose_name_plural = "쓰던 글"
        ordering = ["-saved_at"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="formdraft_unique")]

    def __str__(self):
        return self.key


class ImportJob(models.Model):
    """An uploaded spreadsheet between its preview and its applying. `rows` is emptied when it is applied or expires."""

    kind = models.CharField("종류", max_length=40)
    token = models.CharField("주소 열쇠", max_length=40, unique=True)
    filename = models.CharField("파일 이름", max_length=120)
    params = models.JSONField("조건", default=dict, blank=True)
    rows = models.JSONField("행", default=list)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="imports", verbose_name="올린 사람")
    created_at = models.DateTimeField("올린 때", auto_now_add=True)
    applied_at = models.DateTimeField("반영한 때", null=True, blank=True)
    result = models.CharField("결과", max_length=200, blank=True)
    expires_at = models.DateTimeField("지우는 때")

    class Meta:
        verbose_name = "들여오기"
        verbose_name_plural = "들여오기"
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return self.filename


from geumcheon.accounts.resident_models import (  # noqa: E402, F401 - they belong to this app; one file would be too long
    AddressProof,
    Basis,
    Level,
    PaperCode,
    TextChallenge,
    Verification,
)
