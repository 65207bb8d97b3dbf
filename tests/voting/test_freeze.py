"""Before freezing the check list names what is missing; afterwards nothing but the state changes, by ORM, admin or SQL."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from geumcheon.lib import clock
from tests.voting.factories import a_voter, an_open_round
from voting import actions, ceremony, freeze, keys, roll, simulation
from voting.counting.manifest import manifest_hash
from voting.models import CommitteeScore, Contest, KeyHolder, Option, Round, RoundState

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    round_ = simulation.prepare(slug="rehearsal-draft")
    for share in ceremony.hold(round=round_):
        actions.prove(round=round_, share=share)
    round_.refresh_from_db()
    return round_


def test_a_whole_draft_lacks_nothing_and_freezes(draft):
    assert freeze.missing(draft) == []
    frozen = actions.freeze(round=draft)
    assert frozen.state == RoundState.FROZEN
    assert frozen.manifest_hash == manifest_hash(frozen.read_manifest())
    assert [contest["id"] for contest in frozen.read_manifest()["contests"]] == [
        "rehearsal-draft-1",
        "rehearsal-draft-2",
    ]
    assert actions.freeze(round=draft).manifest_hash == frozen.manifest_hash  # again: nothing happens


def _set(**changes):
    return lambda round_: Round.objects.filter(pk=round_.pk).update(**changes)


LACKS = {
    "period": (_set(opens_at=None), "투표 기간을 적어 주세요."),
    "past": (_set(opens_at=clock.now() - timedelta(9), closes_at=clock.now() - timedelta(1)), "닫는 때가 이미 지났습니다."),
    "objection date": (_set(objection_until=None), "이의 신청 마지막 날을 적어 주세요."),
    "early objection date": (_set(objection_until=clock.today()), "이의 신청 마지막 날은 투표가 끝난 날보다 뒤여야 합니다."),
    "basis": (_set(bases=[]), "투표할 수 있는 사람을 골라 주세요."),
    "tie ladder": (_set(tie_ladder=[]), "동점일 때 순서를 정해 주세요."),
    "scores": (_set(tie_ladder=["score"]), "심사 점수가 없는 선택지가 있습니다."),
    "days": (_set(tie_ladder=["earlier"]), "‘연습 분과 의제’에 분과에서 정한 날이 없는 선택지가 있습니다."),
    "key": (_set(public_key=""), "열쇠를 만들어 주세요(round_keys 명령)."),
    "share": (lambda r: r.key_holders.filter(number=2).update(proved_at=None), "협치추진단장의 열쇠 조각을 아직 확인하지 않았습니다."),
    "holder": (lambda r: r.key_holders.filter(number=2).delete(), "열쇠 보관자는 3명이어야 합니다."),
    "paper": (
        _set(has_paper=True, level="identity"),
        "본인확인 투표는 종이 창구에서 온라인과 같은 열쇠를 만들 수 없습니다. ‘종이 투표 있음’이나 ‘온라인과 종이가 같은 명부를 씀’을 꺼 주세요.",
    ),
    "papers": (lambda r: r.contests.all().delete(), "투표용지가 없습니다."),
    "options": (
        lambda r: Option.objects.filter(contest__round=r, contest__order=1, number__gt=2).delete(),
        "‘연습 분과 의제’은(는) 3개를 고르는데 선택지가 2개입니다.",
    ),
    "seats": (lambda r: r.contests.update(seats=None), "‘연습 분과 의제’에서 뽑는 수를 선택지 수 안에서 적어 주세요."),
    "cost": (lambda r: Option.objects.filter(contest__round=r).update(cost_krw=None), "‘연습 분과 의제’에 사업비가 없는 선택지가 있습니다."),
    "budget": (_set(funding_rule="greedy"), "‘연습 분과 의제’의 예산을 적어 주세요."),
    "link": (_set(is_rehearsal=False, mix_every_minutes=60), "‘연습 분과 의제’에 사업이나 제안과 이어지지 않은 선택지가 8개 있습니다."),
    "roll": (_set(is_rehearsal=False, mix_every_minutes=60, level="roll"), "명부를 올려 주세요."),
    "level": (_set(is_rehearsal=False, mix_every_minutes=60, level="identity"), "‘본인확인’ 확인을 이 포털에서 아직 쓸 수 없습니다."),
}  # fmt: skip


@pytest.mark.parametrize("name", LACKS)
def test_the_check_list_names_what_is_missing(draft, name):
    change, sentence = LACKS[name]
    if name in ("link", "roll", "level"):
        # is_rehearsal never changes: a real draft is a row of its own.
        Round.objects.filter(pk=draft.pk).update(mix_every_minutes=60)
        draft.is_rehearsal, draft.level = False, {"level": "identity", "roll": "roll"}.get(name, "text")
        assert sentence in freeze.missing(draft)
        return
    change(draft)
    draft.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        actions.freeze(round=draft)
    assert sentence in refused.value.messages
    assert Round.objects.get(pk=draft.pk).state == RoundState.DRAFT


def _refused(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def _sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_after_freezing_the_database_refuses_every_change_of_the_rules(draft):
    round_ = actions.freeze(round=draft)
    contest, option = round_.contests.first(), Option.objects.filter(contest__round=round_).first()
    _refused(lambda: Option.objects.filter(pk=option.pk).update(title="다른 사업"))
    _refused(lambda: _sql("UPDATE voting_option SET cost_krw = 1 WHERE id = %s", option.pk))
    _refused(lambda: Option.objects.create(contest=contest, number=99, title="새 사업"))
    _refused(lambda: Contest.objects.filter(pk=contest.pk).update(max_picks=8))
    _refused(lambda: Contest.objects.create(round=round_, order=9, title="새 용지"))
    _refused(lambda: CommitteeScore.objects.create(option=option, score=1))
    _refused(lambda: KeyHolder.objects.filter(round=round_).update(office="다른 자리"))
    _refused(lambda: Round.objects.filter(pk=round_.pk).update(closes_at=clock.now() + timedelta(days=1)))
    _refused(lambda: Round.objects.filter(pk=round_.pk).update(manifest="{}"))
    _refused(lambda: Round.objects.filter(pk=round_.pk).update(state="draft"))
    _refused(lambda: Round.objects.filter(pk=round_.pk).update(state="published"))
    Round.objects.filter(pk=round_.pk).update(state="open")  # the nearest allowed move


def test_before_freezing_the_same_changes_are_allowed(draft):
    option = Option.objects.filter(contest__round=draft).first()
    Option.objects.filter(pk=option.pk).update(title="다른 사업")
    Contest.objects.filter(round=draft, order=1).update(seats=2)
    Round.objects.filter(pk=draft.pk).update(closes_at=clock.now() + timedelta(days=1))
    draft.refresh_from_db()
    assert actions.freeze(round=draft).state == RoundState.FROZEN


def test_a_rehearsal_never_becomes_real(draft):
    _refused(lambda: Round.objects.filter(pk=draft.pk).update(is_rehearsal=False, mix_every_minutes=60))


def test_a_real_round_is_sealed(draft):
    round_ = Round(slug="real", title="투표", sealed=False)
    with pytest.raises(ValidationError, match="실제 투표는 반드시 봉인합니다"):
        round_.full_clean()


@pytest.mark.postgres
def test_postgresql_refuses_deleting_a_frozen_round_and_its_rows(draft):
    round_ = actions.freeze(round=draft)
    _refused(
        lambda: _sql(
            "DELETE FROM voting_committeescore; DELETE FROM voting_option WHERE contest_id = %s",
            round_.contests.first().pk,
        )
    )
    _refused(lambda: _sql("DELETE FROM voting_keyholder WHERE round_id = %s", round_.pk))
    _refused(lambda: _sql("DELETE FROM voting_auditevent; DELETE FROM voting_round WHERE id = %s", round_.pk))


def test_what_was_changed_past_the_triggers_is_found_at_the_opening(draft):
    round_ = actions.freeze(round=draft)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER voting_option_guard_update")
        cursor.execute("UPDATE voting_option SET cost_krw = 1 WHERE number = 1")
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = origin")
    with pytest.raises(ValidationError, match="확정한 내용과 지금 자료가 다릅니다"):
        actions.open_round(round=round_)


def test_a_share_of_another_round_or_with_a_typo_proves_nothing(draft):
    other = simulation.prepare(slug="rehearsal-other")
    [share, *_] = ceremony.hold(round=other)
    for wrong in (share, "x", ""):
        with pytest.raises(ValidationError, match="열쇠 조각이 아닙니다"):
            actions.prove(round=draft, share=wrong)


def test_a_new_ceremony_asks_for_new_proofs(draft):
    ceremony.hold(round=draft)
    assert draft.key_holders.filter(proved_at=None).count() == 3


def test_voiding_needs_a_reason_and_is_logged():
    round_ = an_open_round()
    with pytest.raises(ValidationError, match="사유를 적어 주세요"):
        actions.void(round=round_, reason=" ")
    assert actions.void(round=round_, reason="선택지 하나가 빠졌습니다.").state == RoundState.VOID
    assert round_.events.get(act="무효").note == "선택지 하나가 빠졌습니다."


def test_secrets_are_files_of_the_owner_alone(draft, settings, tmp_path):
    settings.VOTE_SECRETS_DIR = tmp_path
    actions.freeze(round=draft)
    files = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / draft.slug).iterdir()}
    assert files == {"pepper": 0o600, "signing_seed": 0o600}
    pepper = keys.pepper(draft)
    keys.make_secrets(draft)
    assert keys.pepper(draft) == pepper  # what exists stays


def test_one_person_has_one_key_in_a_round_and_another_in_the_next(draft):
    first, second = an_open_round(slug="rehearsal-a"), an_open_round(slug="rehearsal-b")
    key = a_voter(first)
    assert key == roll.voter_key(first, "rehearsal:1")
    assert key not in (roll.voter_key(second, "rehearsal:1"), roll.voter_key(first, "rehearsal:2"))


def _roll_file(tmp_path, *lines):
    file = tmp_path / "roll.csv"
    file.write_text("\n".join(["identity,basis,dong,birth_year", *lines]))
    return str(file)


def test_a_roll_is_loaded_once_and_keeps_no_identity(loaded, tmp_path, capsys):
    round_ = simulation.prepare(slug="rehearsal-roll")
    file = _roll_file(
        tmp_path, "rehearsal:1,residence,가산동,1980", "rehearsal:2,work,,", "rehearsal:1,residence,가산동,1980"
    )
    for new in (2, 0):
        call_command("load_roll", round_.slug, file)
        assert f"새로 {new}명을 명부에 올렸습니다. 모두 2명" in capsys.readouterr().out
    assert roll.may_vote(round_, roll.voter_key(round_, "rehearsal:1"))
    assert "rehearsal:1" not in str(list(round_.roll.values_list()))


@pytest.mark.parametrize("line", ["rehearsal:3,nobody,,", "rehearsal:3,work,어느동,", ",work,,", "01000000000,work,,"])
def test_a_wrong_line_of_a_roll_loads_nothing(loaded, tmp_path, line):
    round_ = simulation.prepare(slug="rehearsal-roll")
    with pytest.raises(CommandError, match="3줄"):
        call_command("load_roll", round_.slug, _roll_file(tmp_path, "rehearsal:1,residence,,", line))
    assert round_.roll.count() == 0


def test_who_may_vote_follows_the_round(draft):
    round_ = an_open_round(bases=["residence"], min_birth_year=1950, max_birth_year=2004)
    key = roll.voter_key(round_, "rehearsal:1")
    for wrong in (
        {"basis": "work", "birth_year": 1980},
        {"basis": "residence"},
        {"basis": "residence", "birth_year": 2005},
    ):
        with pytest.raises(roll.NotEligible):
            roll.enter(round=round_, voter_key=key, **wrong)
    assert roll.enter(round=round_, voter_key=key, basis="residence", birth_year=2004).band == "2000년대"
    assert (
        roll.enter(round=round_, voter_key=key, basis="residence", birth_year=1950).band == "2000년대"
    )  # the first check stands
