"""Proposing: the form, autosave, preview, submitting, correcting, discarding, withdrawing; and who may."""

import io
import json
from datetime import timedelta

import pytest
from django.test import Client
from PIL import Image

from forums.models import Answer, Call, Proposal, ProposalPhoto, ProposalState, Question
from geumcheon.accounts.models import Dong, FormDraft
from geumcheon.lib import clock
from tests.forums.ladders import a_call, a_proposal, endorse, reviewed
from tests.forums.people import client_of, resident, verified_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return a_call(endorsements_needed=3, endorsement_days=10, max_krw=100_000_000)


@pytest.fixture
def client():
    return verified_client("proposer")


def a_photo(name="a.jpg", size=(60, 40)):
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, "JPEG")
    out.seek(0)
    out.name = name
    return out


def words(**changes):
    values = {
        "title": "독산로 횡단보도에 그늘막을",
        "body": "여름에 기다리기 힘듭니다.",
        "place": "독산로 7",
        "requested_krw": "50,000,000",
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def new(client, call, **changes):
    return client.post(f"/proposals/calls/{call.pk}/new/", words(**changes))


def a_draft(client, call, **changes):
    response = new(client, call, **changes)
    assert response.status_code == 302, response.context["form"].errors
    return Proposal.objects.get(author=client.user, state=ProposalState.DRAFT, title=words(**changes)["title"])


def submit(client, draft, **more):
    draft.refresh_from_db()
    return client.post(f"/proposals/{draft.pk}/preview/", {"version": draft.version, **more}, follow=True)


def errors(response):
    assert response.status_code == 200
    return dict(response.context["form"].errors)


def test_a_proposal_is_written_looked_at_and_submitted(client, call):
    question = Question.objects.create(call=call, text="누구에게 좋은가요?", required=True)
    dong = Dong.objects.get(name="독산1동")
    draft = a_draft(
        client,
        call,
        dong=dong.pk,
        photo_1=a_photo(),
        alt_1="그늘 없는 횡단보도",
        **{f"question_{question.pk}": "걷는 사람 모두"},
    )
    page = client.get(f"/proposals/{draft.pk}/preview/").content.decode()
    assert (
        "아직 올리지 않았습니다" in page
        and "50,000천원" in page
        and "그늘 없는 횡단보도" in page
        and "걷는 사람 모두" in page
    )
    response = submit(client, draft)
    made = Proposal.objects.get(pk=draft.pk)
    assert response.redirect_chain[-1][0] == f"/proposals/{made.pk}/"
    assert (made.state, made.number, made.stage.code, made.requested_krw) == (
        ProposalState.OPEN,
        1,
        "received",
        50_000_000,
    )
    assert made.endorse_before == clock.today() + timedelta(days=10)
    assert (made.author, made.dong, made.entered_on) == (client.user, dong, clock.today())
    assert made.history.first().history_user == client.user
    visitor = Client().get(f"/proposals/{made.pk}/")
    assert "독산로 횡단보도에 그늘막을" in visitor.content.decode()
    assert "기준 3명" in visitor.content.decode()
    photo = Client().get(f"/proposals/{made.pk}/photos/{made.photos.get().pk}.jpg")
    assert (photo.status_code, photo["Content-Type"]) == (200, "image/jpeg")


def test_submitting_twice_is_once(client, call):
    draft = a_draft(client, call)
    submit(client, draft)
    again = client.post(f"/proposals/{draft.pk}/preview/", {"version": 1})
    assert again.status_code == 302
    assert Proposal.objects.get(pk=draft.pk).number == 1


def test_submitting_another_version_than_the_one_seen_is_refused(client, call):
    draft = a_draft(client, call)
    seen = draft.version
    client.post(f"/proposals/{draft.pk}/edit/", {**words(title="바꾼 제목"), "version": seen})
    client.post(f"/proposals/{draft.pk}/preview/", {"version": seen})
    draft.refresh_from_db()
    assert (draft.state, draft.title) == (ProposalState.DRAFT, "바꾼 제목")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": None}, "title"), ({"title": "\u200b\u200b"}, "title"), ({"title": "가" * 81}, "title"), ({"body": None}, "body"),
        ({"body": "가" * 4_001}, "body"), ({"requested_krw": "100,000,001"}, "requested_krw"), ({"requested_krw": "5,00"}, "requested_krw"),
        ({"requested_krw": "-5"}, "requested_krw"), ({"dong": "999999"}, "dong"), ({"alt_1": "사진 없음"}, "photo_1"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_and_nothing_is_saved(client, call, changes, field):
    assert field in errors(new(client, call, **changes))
    assert not Proposal.objects.filter(author=client.user).exists()


def test_the_limits_are_told_in_the_unit_of_the_field(client, call):
    Call.objects.filter(pk=call.pk).update(min_krw=1_000_000)
    page = client.get(f"/proposals/calls/{call.pk}/new/").content.decode()
    assert "1,000,000원부터 100,000,000원까지 신청할 수 있습니다." in page
    assert errors(new(client, call, requested_krw="999,999"))["requested_krw"] == [
        "1,000,000원부터 100,000,000원까지 신청할 수 있습니다."
    ]


def test_a_photo_needs_words_and_has_to_be_a_picture(client, call):
    assert "alt_1" in errors(new(client, call, photo_1=a_photo()))
    script = io.BytesIO(b"<script>alert(1)</script>")
    script.name = "x.jpg"
    assert "photo_1" in errors(new(client, call, photo_1=script, alt_1="그림"))
    assert not ProposalPhoto.objects.exists()


def test_the_limit_of_photos_holds_over_several_saves(client, call):
    draft = a_draft(
        client, call, photo_1=a_photo(), alt_1="하나", photo_2=a_photo(), alt_2="둘", photo_3=a_photo(), alt_3="셋"
    )
    page = client.get(f"/proposals/{draft.pk}/edit/")
    assert "photo_1" not in page.context["form"].fields
    client.post(
        f"/proposals/{draft.pk}/edit/", {**words(), "version": draft.version, "photo_1": a_photo(), "alt_1": "넷"}
    )
    assert draft.photos.count() == 3
    draft.refresh_from_db()
    first = draft.photos.first()
    path = first.file.path
    client.post(f"/proposals/{draft.pk}/edit/", {**words(), "version": draft.version, f"remove_{first.pk}": "on"})
    assert draft.photos.count() == 2
    assert path


def test_a_required_question_is_asked(client, call):
    question = Question.objects.create(call=call, text="왜?", required=True)
    assert f"question_{question.pk}" in errors(new(client, call))
    draft = a_draft(client, call, **{f"question_{question.pk}": "그래서"})
    assert Answer.objects.get(proposal=draft).text == "그래서"


def test_who_is_not_verified_is_told_what_is_missing_and_comes_back(call):
    here = f"/proposals/calls/{call.pk}/new/"
    assert Client().get(here).url == f"/accounts/login/?next={here}"
    unverified = client_of(resident("new-one", level=0))
    page = unverified.get(here)
    assert page.context["refusal"].url == f"/my/verify/?next=%2Fproposals%2Fcalls%2F{call.pk}%2Fnew%2F"
    assert "문자 확인" in page.content.decode()
    assert unverified.post(here, words()).status_code == 403
    unproved = client_of(resident("unproved", email_proved=False))
    assert "전자우편 주소" in unproved.get(here).content.decode()
    blocked = client_of(resident("blocked", blocked_until=clock.now() + timedelta(days=1), blocked_reason="광고"))
    assert "광고" in blocked.get(here).content.decode()
    assert blocked.post(here, words()).status_code == 403
    assert not Proposal.objects.filter(call=call).exists()


def test_a_call_may_ask_for_a_higher_level(client, call):
    Call.objects.filter(pk=call.pk).update(who=3)
    here = f"/proposals/calls/{call.pk}/new/"
    assert "지금은 문자 확인까지 마쳤습니다" in client.get(here).content.decode()
    assert client.post(here, words()).status_code == 403
    assert verified_client("counter", level=3).get(here).context["form"]


@pytest.mark.parametrize(
    "fields", [{"starts_on": 1}, {"ends_before": 0}, {"historical": True}], ids=["not yet", "over", "from a document"]
)
def test_a_call_that_is_not_open_takes_nothing(client, call, fields):
    draft = a_draft(client, call)
    days = {
        name: clock.today() + timedelta(days=value) if value is not True else True for name, value in fields.items()
    }
    Call.objects.filter(pk=call.pk).update(**days)
    assert new(client, call).status_code == 403
    submit(client, draft)
    draft.refresh_from_db()
    assert draft.state == ProposalState.DRAFT


def test_an_unpublished_call_is_not_there(client, call):
    Call.objects.filter(pk=call.pk).update(published=False)
    assert client.get(f"/proposals/calls/{call.pk}/").status_code == 404
    assert client.get(f"/proposals/calls/{call.pk}/new/").status_code == 404


def test_without_a_threshold_a_proposal_goes_to_review_at_once(client, call):
    Call.objects.filter(pk=call.pk).update(endorsements_needed=0)
    draft = a_draft(client, call)
    submit(client, draft)
    draft.refresh_from_db()
    assert (draft.stage.code, draft.endorse_before) == ("sorting", None)


# --- autosave -----------------------------------------------------------------------------------------------------
def autosave(client, key, user, **values):
    body = json.dumps({"user": user.pk, "values": values})
    return client.post(f"/proposals/drafts/{key}/", body, content_type="application/json")


def test_what_is_typed_is_kept_and_offered(client, call):
    key = f"proposal-new-{call.pk}"
    assert autosave(client, key, client.user, title="반쯤 쓴 제목").status_code == 200
    page = client.get(f"/proposals/calls/{call.pk}/new/")
    assert "적던 글이 있습니다" in page.content.decode()
    assert 'value="반쯤 쓴 제목"' in client.get(f"/proposals/calls/{call.pk}/new/?draft=1").content.decode()
    a_draft(client, call)
    assert not FormDraft.objects.filter(user=client.user).exists()


def test_autosave_takes_only_forms_that_are_there_and_ones_own(client, call):
    draft = a_draft(client, call)
    other = verified_client("other")
    assert autosave(client, f"proposal-{draft.pk}", client.user, title="x").status_code == 200
    assert autosave(other, f"proposal-{draft.pk}", other.user, title="x").status_code == 404
    assert autosave(other, "proposal-new-999999", other.user, title="x").status_code == 404
    assert autosave(other, "new-log", other.user, title="x").status_code == 404
    assert autosave(other, f"proposal-new-{call.pk}", client.user, title="x").status_code == 401
    assert autosave(other, f"proposal-new-{call.pk}", other.user, title="x" * 300_000).status_code == 413


def test_a_form_sent_after_the_sign_in_ended_is_not_lost(call):
    user = resident("later")
    client = Client()
    assert client.post(f"/proposals/calls/{call.pk}/new/", words()).status_code == 302
    client.force_login(user)
    page = client.get(f"/proposals/calls/{call.pk}/new/", follow=True)
    assert page.context["form"].initial["title"] == words()["title"]


# --- other people's drafts -----------------------------------------------------------------------------------------
def test_somebody_elses_draft_is_not_there(client, call):
    draft = a_draft(client, call, photo_1=a_photo(), alt_1="사진")
    photo = draft.photos.get()
    for stranger in (
        verified_client("stranger"),
        Client(),
        client_of(resident("boss", role="secretariat", is_staff=True)),
    ):
        for page in ("", "preview/", "edit/", "withdraw/", f"photos/{photo.pk}.jpg", "comments/", "report/"):
            status = stranger.get(f"/proposals/{draft.pk}/{page}").status_code
            assert status == 404 or (status == 302 and "_auth_user_id" not in stranger.session), page
        for action in ("discard/", "endorse/", "follow/", "preview/", "edit/"):
            status = stranger.post(f"/proposals/{draft.pk}/{action}").status_code
            assert status == 404 or (status == 302 and "_auth_user_id" not in stranger.session), action
    assert draft.title not in Client().get("/proposals/").content.decode()
    draft.refresh_from_db()
    assert draft.state == ProposalState.DRAFT


def test_the_own_draft_can_be_discarded_with_its_history_and_photos(client, call):
    draft = a_draft(client, call, photo_1=a_photo(), alt_1="사진")
    assert client.post(f"/proposals/{draft.pk}/discard/").url == f"/proposals/calls/{call.pk}/"
    assert not Proposal.objects.filter(pk=draft.pk).exists()
    assert not Proposal.history.filter(id=draft.pk).exists()
    assert not ProposalPhoto.objects.exists()


def test_what_is_submitted_is_not_discarded(client, call):
    draft = a_draft(client, call)
    submit(client, draft)
    client.post(f"/proposals/{draft.pk}/discard/")
    assert Proposal.objects.get(pk=draft.pk).state == ProposalState.OPEN


# --- afterwards ---------------------------------------------------------------------------------------------------
def test_a_proposal_is_corrected_until_somebody_endorses(client, call):
    draft = a_draft(client, call)
    submit(client, draft)
    draft.refresh_from_db()
    client.post(f"/proposals/{draft.pk}/edit/", {**words(title="고친 제목"), "version": draft.version})
    draft.refresh_from_db()
    assert draft.title == "고친 제목"
    endorse(draft, "a")
    client.post(f"/proposals/{draft.pk}/edit/", {**words(title="늦게 고친 제목"), "version": draft.version})
    draft.refresh_from_db()
    assert draft.title == "고친 제목"


def test_a_proposal_is_not_corrected_after_a_review_or_by_others(client, call):
    mine = a_proposal(stage="sorting", call=call, author=client.user)
    reviewed(mine, "received", "received")
    client.post(f"/proposals/{mine.pk}/edit/", {**words(), "version": 1})
    mine.refresh_from_db()
    assert mine.title.startswith("골목길")
    theirs = a_proposal(stage="received", call=call, author=resident("other"))
    assert client.post(f"/proposals/{theirs.pk}/edit/", {**words(), "version": 1}).status_code == 404


def test_an_open_proposal_is_withdrawn_by_its_proposer_alone(client, call):
    mine = a_proposal(stage="department", call=call, author=client.user)
    assert verified_client("other").post(f"/proposals/{mine.pk}/withdraw/").status_code == 404
    assert "거둘까요" in client.get(f"/proposals/{mine.pk}/withdraw/").content.decode()
    client.post(f"/proposals/{mine.pk}/withdraw/")
    mine.refresh_from_db()
    assert mine.state == ProposalState.WITHDRAWN
    assert Client().get(f"/proposals/{mine.pk}/").status_code == 200


def test_what_has_come_to_the_vote_is_not_withdrawn(client, call):
    mine = a_proposal(stage="ballot", call=call, author=client.user)
    client.post(f"/proposals/{mine.pk}/withdraw/")
    mine.refresh_from_db()
    assert mine.state == ProposalState.OPEN


def test_old_drafts_are_destroyed_and_young_ones_stay(client, call):
    from forums import proposal_actions

    old, young = a_draft(client, call, title="오래된 것"), a_draft(client, call, title="새것")
    Proposal.objects.filter(pk=old.pk).update(entered_on=clock.today() - timedelta(days=31))
    assert proposal_actions.destroy_old_drafts() == 1
    assert list(Proposal.objects.filter(call=call)) == [young]


# --- similar ------------------------------------------------------------------------------------------------------
def test_similar_proposals_are_suggested_while_typing_and_in_the_preview(client, call):
    known = a_proposal(stage="received", call=call, title="독산로 횡단보도 그늘막 설치")
    a_proposal(stage="received", call=call, title="도서관 문 여는 때")
    hidden = a_proposal(
        stage="received", call=call, title="독산로 횡단보도 그늘막", state=ProposalState.HIDDEN, hidden_reason="까닭"
    )
    found = client.get("/proposals/similar/", {"title": "독산로 횡단보도에 그늘막을"}).content.decode()
    assert known.title in found and "도서관" not in found and f"/proposals/{hidden.pk}/" not in found
    draft = a_draft(client, call)
    assert known.title in client.get(f"/proposals/{draft.pk}/preview/").content.decode()
    assert client.get("/proposals/similar/", {"title": "  "}).content.decode().strip() == ""
    assert client.get("/proposals/similar/", {"title": "가나" * 5_000, "without": "x"}).status_code == 200
