"""What the commands about rounds share."""

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from voting.models import Round


def find(slug):
    """The round of a slug. Raises CommandError."""
    round_ = Round.objects.filter(slug=slug).first()
    if round_ is None:
        raise CommandError(f"그런 투표가 없습니다: {slug}")
    return round_


def refused(error):
    """A CommandError that says what an action refused."""
    messages = error.messages if isinstance(error, ValidationError) else [str(error)]
    return CommandError("\n".join(messages))
