"""Field checks with photos, proposals that become projects, bulk moves and the admin pages of the room."""

import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from forums import candidates
from forums.models import AmountShare, FieldCheck, Outcome, Proposal, ProposalState, Review
from geumcheon.lib import clock
from projects.models import Plan, PlanStatus, ProjectGroup
from tests.admin_data import confirm, preview
from tests.forums.ladders import a_meeting, a_proposal, a_secretary, an_officer, reviewed
from tests.html import queries

pytestmark = pytest.mark.django_db
LIST = "/admin/forums/proposal/"


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def at(proposal, page=""):
    return f"/desk/proposals/{proposal.pk}/{page}"


def a_picture(name="현장.jpg"):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0110] = "Phone of somebody"
    Image.new("RGB", (60, 40), "green").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def errors(response):
    return {name: list(found) for name, found in response.context["form"].errors.items()}


# --- field checks -------------------------------------------------------------------------------------------------


def test_a_field_check_is_written_with_photos_and_corrected(client):
    proposal, officer = a_proposal(), signed_in(an_officer())
    page = at(proposal, "field-check/")
    fields = {"on": clock.today(), "people": 8, "findings": "보행로가 좁습니다."}
    missing = officer.post(page, {**fields, "photo_1": a_picture()})
    assert list(errors(missing)) == ["alt_1"]
    assert officer.post(page, {**fields, "photo_1": a_picture(), "alt_1": "좁은 보행로"}).status_code == 302
    check = FieldCheck.objects.get(proposal=proposal)
    photo = check.photos.get()
    assert b"Phone of somebody" not in photo.file.read()
    shown = client.get(f"/proposals/{proposal.pk}/field-check/{photo.pk}.jpg")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    again = officer.post(
        at(proposal, f"field-check/{check.pk}/"), {**fields, "findings": "고쳐 적음", f"drop_{photo.pk}": "on"}
    )
    assert again.status_code == 302
    check.refresh_from_db()
    assert (check.findings, check.photos.count(), proposal.field_checks.count()) == ("고쳐 적음", 0, 1)


def test_a_field_checks_refusals():
    proposal, officer = a_proposal(), signed_in(an_officer())
    page = at(proposal, "field-check/")
    assert sorted(errors(officer.post(page, {}))) == ["findings", "on"]
    tomorrow = clock.today() + timedelta(days=1)
    assert list(errors(officer.post(page, {"on": tomorrow, "findings": "x"}))) == ["on"]
    text = SimpleUploadedFile("x.jpg", b"<script>alert(1)</script>", "image/jpeg")
    sent = officer.post(page, {"on": clock.today(), "findings": "x", "photo_1": text, "alt_1": "x"})
    assert list(errors(sent)) == ["photo_1"]
    assert not proposal.field_checks.exists()


def test_the_photo_of_a_hidden_proposal_is_not_shown(client):
    proposal = a_proposal()
    signed_in(an_officer()).post(
        at(proposal, "field-check/"), {"on": clock.today(), "findings": "x", "photo_1": a_picture(), "alt_1": "x"}
    )
    photo = proposal.field_checks.get().photos.get()
    Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.HIDDEN, hidden_reason="까닭")
    assert client.get(f"/proposals/{proposal.pk}/field-check/{photo.pk}.jpg").status_code == 404
    other = a_proposal()
    assert client.get(f"/proposals/{other.pk}/field-check/{photo.pk}.jpg").status_code == 404


# --- becoming a project -------------------------------------------------------------------------------------------


def confirmed(**fields):
    proposal = a_proposal("final", **fields)
    reviewed(proposal, "final", Outcome.CONFIRMED, 51_000_000)
    return proposal


@pytest.fixture
def next_plan(loaded):
    plan = Plan.objects.create(year=2027, title="시험 계획", status=PlanStatus.DRAFT)
    ProjectGroup.objects.create(plan=plan, name="분과 사업", order=1)
    return plan


def test_a_confirmed_proposal_becomes_a_project_of_the_next_plan_once(next_plan):
    proposal, secretary = confirmed(place="시흥대로"), a_secretary()
    group = next_plan.groups.get()
    made = candidates.become_project(proposal=proposal, by=secretary, plan=next_plan, group=group)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.project, made.number, made.name, made.place) == (
        ProposalState.PROJECT, made, 1, proposal.title, "시흥대로",
    )  # fmt: skip
    assert made.partners.get().department == proposal.department
    with pytest.raises(ValidationError, match="이미 사업이 된"):
        candidates.become_project(proposal=proposal, by=secretary, plan=next_plan, group=group)
    assert next_plan.projects.count() == 1


def test_a_proposal_is_linked_with_a_project_that_is_there(loaded):
    proposal, secretary = confirmed(), signed_in(a_secretary())
    project = loaded.projects.get(number=9)
    Proposal.objects.filter(pk=proposal.pk).update(call=proposal.call)
    proposal.call.year = 2021
    proposal.call.save()
    sent = secretary.post(at(proposal, "project/"), {"seen_version": proposal.version, "project": project.pk})
    assert sent.status_code == 302
    proposal.refresh_from_db()
    assert proposal.project == project


def test_what_does_not_become_a_project(next_plan, loaded):
    secretary, group = a_secretary(), next_plan.groups.get()
    with pytest.raises(ValidationError, match="확정된 제안만"):
        candidates.become_project(proposal=a_proposal("final"), by=secretary, plan=next_plan, group=group)
    refused = a_proposal("final", state=ProposalState.ENDED)
    reviewed(refused, "final", Outcome.NOT_CONFIRMED)
    with pytest.raises(ValidationError, match="확정된 제안만"):
        candidates.become_project(proposal=refused, by=secretary, plan=next_plan, group=group)
    proposal = confirmed()
    with pytest.raises(PermissionDenied):
        candidates.become_project(proposal=proposal, by=an_officer(), plan=next_plan, group=group)
    with pytest.raises(ValidationError) as both:
        candidates.become_project(proposal=proposal, by=secretary)
    assert list(both.value.message_dict) == ["project"]
    closed = loaded.groups.first()
    with pytest.raises(ValidationError) as shut:
        candidates.become_project(proposal=proposal, by=secretary, plan=loaded, group=closed)
    assert list(shut.value.message_dict) == ["plan"]
    with pytest.raises(ValidationError) as foreign:
        candidates.become_project(proposal=proposal, by=secretary, plan=next_plan, group=closed)
    assert list(foreign.value.message_dict) == ["group"]


# --- bulk moves ---------------------------------------------------------------------------------------------------


def test_many_proposals_move_on_together_with_the_amount_before(users, client_as):
    rows = [a_proposal("screening") for _ in range(3)]
    for row in rows[:2]:
        reviewed(row, "department", Outcome.FIT, 30_000_000, on=clock.today())
    meeting, body = a_meeting()
    client = client_as("secretariat")
    choices = {"outcome": "selected", "amount": "last", "body": body.pk, "meeting": meeting.pk, "on": clock.today()}
    shown = preview(client, LIST, "move_selected", rows, **choices)
    assert shown.content.decode().count("주민투표 · 진행 중") == 3
    assert not Review.objects.filter(meeting=meeting).exists()
    done = confirm(client, LIST, shown)
    assert "제안 3개: 검토를 적고 다음 단계로 옮겼습니다." in done.content.decode()
    made = Review.objects.filter(meeting=meeting).order_by("proposal_id")
    assert [review.amount_krw for review in made] == [30_000_000, 30_000_000, 50_000_000]
    assert {p.stage.code for p in Proposal.objects.filter(pk__in=[r.pk for r in rows])} == {"ballot"}


def test_a_shared_amount_stays_shared_and_counts_once():
    share = AmountShare.objects.create(label="안양천", amount_krw=200_000_000)
    rows = [a_proposal("ballot") for _ in range(2)]
    for row in rows:
        reviewed(row, "screening", Outcome.SELECTED, share=share)
    alone = a_proposal("ballot")
    reviewed(alone, "screening", Outcome.SELECTED, 50_000_000)
    found = candidates.candidates(2027).prefetch_related(*candidates.SETTLED)
    assert [candidates.final_amount(p) for p in found] == [200_000_000, 200_000_000, 50_000_000]
    assert candidates.total(found) == 250_000_000


def test_one_that_cannot_move_stops_nothing_from_being_seen_but_moves_nothing(users, client_as):
    fine, wrong, criteria = a_proposal("screening"), a_proposal("ballot"), a_proposal("department")
    meeting, body = a_meeting()
    client = client_as("secretariat")
    choices = {"outcome": "selected", "amount": "last", "body": body.pk, "meeting": meeting.pk}
    shown = preview(client, LIST, "move_selected", [fine, wrong, criteria], **choices).content.decode()
    assert "고를 수 있는 결과가 아닙니다" in shown and "한 건씩 검토합니다" in shown
    unmet = preview(
        client, LIST, "move_selected", [fine], outcome="not_selected", amount="last", body=body.pk, meeting=meeting.pk
    )
    assert "공개하는 이유를 적어 주세요" in unmet.content.decode()


def test_a_row_that_changed_after_the_preview_is_named_and_nothing_moves(users, client_as):
    one, other = a_proposal("screening"), a_proposal("screening")
    meeting, body = a_meeting()
    client = client_as("secretariat")
    choices = {"outcome": "selected", "amount": "last", "body": body.pk, "meeting": meeting.pk}
    shown = preview(client, LIST, "move_selected", [one, other], **choices)
    Proposal.objects.filter(pk=other.pk).update(version=9)
    done = confirm(client, LIST, shown)
    assert "다른 사람이 고쳤습니다" in done.content.decode()
    assert not Review.objects.filter(meeting=meeting).exists()


def test_an_officer_moves_only_the_own_departments(users, client_as):
    own, other = a_proposal("screening"), a_proposal("department", department="환경과")
    shown = preview(
        client_as("officer"), LIST, "move_selected", [own, other], outcome="fit", amount="none"
    ).content.decode()
    assert shown.count("이 단계를 검토할 수 있는 사람이 아닙니다.") == 2


# --- admin --------------------------------------------------------------------------------------------------------


def test_drafts_are_not_in_the_admin_and_its_lists_cost_the_same(users, client_as):
    client = client_as("secretariat")
    draft = a_proposal(state=ProposalState.DRAFT, title="쓰는 중인 글")
    a_proposal()
    client.get(LIST)
    one = queries(client, LIST)
    a_proposal("screening", department="환경과")
    a_proposal("ballot")
    assert queries(client, LIST) == one
    assert "쓰는 중인 글" not in client.get(LIST).content.decode()
    assert client.get(f"{LIST}{draft.pk}/change/").status_code == 302
