"""Twenty at once: one code is used once, one number verifies one account, one paper code one account, one link one account."""

import pytest
from django.core.exceptions import ValidationError

from geumcheon.accounts import address_actions
from geumcheon.accounts.models import AddressProof, Role, TextChallenge, User, Verification
from geumcheon.accounts.verification import actions, confirm_text, start_text, texts
from tests.accounts.residents import NUMBER, PASSWORD, last_code
from tests.councils.test_meeting_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(transactional_db):
    """Twenty residents."""
    texts.MEMORY.clear()
    return [User.objects.create_user(f"p{n}", f"p{n}@example.org", role=Role.RESIDENT) for n in range(20)]


def won(results):
    """How many calls went through; the others were refused in plain words, never with a crash."""
    refused = [r for r in results if isinstance(r, Exception)]
    assert all(isinstance(r, ValidationError) for r in refused), refused
    return len(results) - len(refused)


def test_twenty_send_one_code(people):
    user = people[0]
    challenge = start_text(NUMBER, user=user)
    code = last_code()
    assert won(at_once(*[lambda: confirm_text(challenge.pk, code, user=user)] * 20)) == 1
    assert TextChallenge.objects.get().tries == 1


def test_twenty_wrong_codes_count_five(people):
    challenge = start_text(NUMBER, user=people[0])
    code = f"{(int(last_code()) + 1) % 1_000_000:06d}"
    assert won(at_once(*[lambda: confirm_text(challenge.pk, code, user=people[0])] * 20)) == 0
    assert TextChallenge.objects.get().tries == 5


def proved(user):
    challenge = start_text(NUMBER, user=user)
    return confirm_text(challenge.pk, last_code(), user=user)


def verifier(user, move=False):
    """A call that verifies the user with a number proved just now."""
    pk = proved(user).pk
    return lambda: actions.verify_by_text(user=user, challenge_id=pk, basis="work", move=move)


def test_twenty_verify_one_account_with_one_proved_number(people):
    challenge = proved(people[0])
    call = lambda: actions.verify_by_text(user=people[0], challenge_id=challenge.pk, basis="work")  # noqa: E731
    assert won(at_once(*[call] * 20)) == 1
    assert Verification.objects.count() == 1


def test_two_accounts_verify_with_one_number(people):
    for _ in range(5):
        Verification.objects.all().delete()
        TextChallenge.objects.all().delete()
        results = at_once(*[verifier(user) for user in people[:2]])
        assert won(results) == 1
        assert [r.code for r in results if isinstance(r, actions.Taken)] == ["taken"]
        assert Verification.objects.filter(ended_at=None).count() == 1


def test_two_accounts_move_one_number_to_themselves(people):
    calls = [verifier(user, move=True) for user in people[:2]]
    assert won(at_once(*calls)) == 2
    assert sorted(Verification.objects.values_list("ended_why", flat=True)) == ["", "moved"]


def test_twenty_orders_send_five_codes(people):
    assert won(at_once(*[lambda user=user: start_text(NUMBER, user=user) for user in people])) == 5
    assert len(texts.MEMORY) == TextChallenge.objects.count() == 5


def test_twenty_redeem_one_paper_code(people):
    office = User.objects.create_user("office", role=Role.SECRETARIAT)
    _, code = actions.make_paper_code(by=office, basis="work")
    calls = [lambda user=user: actions.redeem_paper_code(user=user, code=code) for user in people]
    assert won(at_once(*calls)) == 1
    assert Verification.objects.count() == 1


def test_twenty_use_one_link(transactional_db):
    proof = address_actions.sign_up(email="new@example.org", name="이웃", password=PASSWORD)
    assert won(at_once(*[lambda: address_actions.finish_sign_up(proof=proof)] * 20)) == 1
    assert User.objects.filter(email="new@example.org").count() == 1


def test_two_sign_ups_of_one_address_make_one_account(transactional_db):
    proofs = [address_actions.sign_up(email="new@example.org", name="이웃", password=PASSWORD) for _ in range(2)]
    assert won(at_once(*[lambda proof=proof: address_actions.finish_sign_up(proof=proof) for proof in proofs])) == 1
    assert AddressProof.objects.count() == 0
