"""What a meeting leaves behind: attendance, guests, agenda, decisions with their frozen quorum, files, corrections."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from councils.models.body import Body
from councils.models.meeting import Meeting
from councils.models.membership import Person
from geumcheon.lib.models import choices_check


class Reply(models.Model):
    """A seated person's answer to the call of a meeting (RSVP)."""

    class Answer(models.TextChoices):
        YES = "yes", "참석"
        NO = "no", "불참"
        MAYBE = "maybe", "미정"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="replies", verbose_name="회의")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="replies", verbose_name="사람")
    answer = models.CharField("회신", max_length=5, choices=Answer)
    note = models.CharField("남길 말", max_length=200, blank=True)
    answered_at = models.DateTimeField("회신한 때")

    class Meta:
        verbose_name = "회신"
        verbose_name_plural = "회신"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person"], name="reply_unique"),
            choices_check("answer", ["yes", "no", "maybe"], "reply_answer_valid"),
        ]

    def __str__(self):
        return self.get_answer_display()


class Requester(models.Model):
    """A seated member who asked for an extraordinary meeting (a third of the seated must, unless the chair calls it)."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="requesters", verbose_name="회의")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="requests", verbose_name="사람")

    class Meta:
        verbose_name = "소집을 요구한 위원"
        verbose_name_plural = "소집을 요구한 위원"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="requester_unique")]

    def __str__(self):
        return str(self.person)


class Attendance(models.Model):
    """Whether one person was present; a person in two bodies of a joint meeting has one row (DESIGN.md rule 2)."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances", verbose_name="회의")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attendances", verbose_name="사람")
    present = models.BooleanField("참석")

    class Meta:
        verbose_name = "참석"
        verbose_name_plural = "참석"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"], name="attendance_unique", violation_error_message="이미 적은 사람입니다."
            )
        ]

    def __str__(self):
        return f"{self.person} {'참석' if self.present else '불참'}"


class GuestGroup(models.Model):
    """People present who are no members, by group and number (관련 부서 직원 3명)."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="guests", verbose_name="회의")
    order = models.PositiveSmallIntegerField("순서", default=1)
    group = models.CharField("누구", max_length=60)
    count = models.PositiveIntegerField("인원")

    class Meta:
        verbose_name = "위원 아닌 참석자"
        verbose_name_plural = "위원 아닌 참석자"
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(count__gte=1),
                name="guestgroup_count_positive",
                violation_error_message="한 사람 이상을 적어 주세요.",
            )
        ]

    def __str__(self):
        return f"{self.group} {self.count}명"


class AgendaKind(models.TextChoices):
    DELIBERATION = "deliberation", "심의"
    REPORT = "report", "보고"
    DISCUSSION = "discussion", "논의"


class AgendaItem(models.Model):
    """One item of a meeting's agenda. Which projects it concerns is declared by `projects`."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items", verbose_name="회의")
    order = models.PositiveSmallIntegerField("순서", default=1)
    kind = models.CharField("종류", max_length=12, choices=AgendaKind, default=AgendaKind.DISCUSSION)
    title = models.CharField("안건", max_length=200)
    text = models.TextField("논의한 내용", blank=True)

    class Meta:
        verbose_name = "안건"
        verbose_name_plural = "안건"
        ordering = ["order", "pk"]
        constraints = [choices_check("kind", AgendaKind, "agendaitem_kind_valid")]

    def __str__(self):
        return self.title


class Outcome(models.TextChoices):
    PASSED = "passed", "가결"
    REJECTED = "rejected", "부결"
    DEFERRED = "deferred", "보류"


class Decision(models.Model):
    """What was decided on an item. At publishing `present` and the quorum rows are computed and frozen with it.

    Votes are numbers of people. Without a vote taken (`unanimous`) the three numbers are empty.
    """

    item = models.OneToOneField(AgendaItem, on_delete=models.CASCADE, related_name="decision", verbose_name="안건")
    outcome = models.CharField("결과", max_length=10, choices=Outcome)
    text = models.TextField("의결 내용", blank=True)
    unanimous = models.BooleanField("만장일치", default=False)
    votes_for = models.PositiveSmallIntegerField("찬성", null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField("반대", null=True, blank=True)
    abstaining = models.PositiveSmallIntegerField("기권", null=True, blank=True)
    present = models.PositiveSmallIntegerField("출석 위원", null=True, blank=True, editable=False)
    carried = models.BooleanField("과반수 찬성", null=True, blank=True, editable=False)
    rule = models.CharField("적용한 규칙", max_length=200, blank=True, editable=False)
    frozen_at = models.DateTimeField("확정한 때", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "의결"
        verbose_name_plural = "의결"
        ordering = ["item__order", "pk"]
        constraints = [
            choices_check("outcome", Outcome, "decision_outcome_valid"),
            models.CheckConstraint(
                condition=Q(unanimous=False)
                | Q(votes_for__isnull=True, votes_against__isnull=True, abstaining__isnull=True),
                name="decision_unanimous_without_votes",
                violation_error_message="만장일치면 표 수를 적지 않습니다.",
            ),
        ]

    def __str__(self):
        return f"{self.item} {self.get_outcome_display()}"


class Quorum(models.Model):
    """Seated and present members of one body at a decision, frozen with it, and the rule they were held against."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="quorums", verbose_name="의결")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="quorums", verbose_name="기구")
    seated = models.PositiveSmallIntegerField("재적")
    present = models.PositiveSmallIntegerField("출석")
    rule = models.CharField("개의 규칙", max_length=200)
    met = models.BooleanField("개의 정족수")

    class Meta:
        verbose_name = "정족수"
        verbose_name_plural = "정족수"
        ordering = ["body__order", "pk"]
        constraints = [models.UniqueConstraint(fields=["decision", "body"], name="quorum_unique")]

    def __str__(self):
        return f"{self.body} 재적 {self.seated}명 출석 {self.present}명"


class FileKind(models.TextChoices):
    MATERIAL = "material", "회의 자료"
    PHOTO = "photo", "사진"
    SIGNED = "signed", "서명한 참석부"


class MeetingFile(models.Model):
    """A file of a meeting, checked by content (geumcheon.lib.uploads). Only `public` ones leave the body, once published."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="files", verbose_name="회의")
    kind = models.CharField("종류", max_length=10, choices=FileKind, default=FileKind.MATERIAL)
    title = models.CharField("이름", max_length=120)
    alt = models.CharField("사진 설명", max_length=200, blank=True, help_text="보지 못하는 사람에게 읽어 줄 말")
    file = models.FileField("파일", upload_to="meetings/%Y/%m")
    content_type = models.CharField("형식", max_length=100, editable=False)
    size = models.PositiveIntegerField("크기", editable=False)
    public = models.BooleanField("공개", default=True)
    uploaded_at = models.DateTimeField("올린 때", editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = "파일"
        verbose_name_plural = "파일"
        ordering = ["kind", "pk"]
        constraints = [choices_check("kind", FileKind, "meetingfile_kind_valid")]

    def __str__(self):
        return self.title


class FileRead(models.Model):
    """That a person opened a file of a call: what is left is shown as unread on the own page."""

    file = models.ForeignKey(MeetingFile, on_delete=models.CASCADE, related_name="reads")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reads")
    read_at = models.DateTimeField("연 때")

    class Meta:
        verbose_name = "파일 열람"
        verbose_name_plural = "파일 열람"
        constraints = [models.UniqueConstraint(fields=["file", "person"], name="fileread_unique")]

    def __str__(self):
        return f"{self.file} {self.read_at:%Y-%m-%d}"


class Correction(models.Model):
    """A visible revision of a published record: what changed, why, by which office, when. Never overwritten.

    `changes` is a list of {"field", "before", "after"} in words, as the page shows them.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="corrections", verbose_name="회의")
    no = models.PositiveSmallIntegerField("정정 번호")
    reason = models.CharField("까닭", max_length=200)
    changes = models.JSONField("바뀐 것")
    corrected_at = models.DateTimeField("정정한 때")
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="정정한 사람"
    )
    office = models.CharField("직", max_length=80, blank=True)

    class Meta:
        verbose_name = "정정"
        verbose_name_plural = "정정"
        ordering = ["no"]
        constraints = [models.UniqueConstraint(fields=["meeting", "no"], name="correction_no_unique")]

    def __str__(self):
        return f"{self.no}차 정정"
