"""What the clock does to rounds: opens, mixes and closes those whose time has come. Runs every minute; may run twice."""

import logging

from django.core.exceptions import ValidationError

from geumcheon.lib import clock
from voting import actions, mix
from voting.models import Round, RoundState

logger = logging.getLogger(__name__)


def run():
    """Open, mix and close what is due; [(slug, what was done)]. One round's trouble does not hold up the others."""
    done = []
    now = clock.now()
    for round_ in Round.objects.filter(state=RoundState.FROZEN, opens_at__lte=now, closes_at__gt=now):
        done += _try(round_, "열기", lambda r: actions.open_round(round=r))
    for round_ in Round.objects.filter(state=RoundState.OPEN, closes_at__lte=now):
        done += _try(round_, "마감", lambda r: actions.close_round(round=r))
    for round_ in Round.objects.filter(state=RoundState.OPEN):
        if mix.due(round_):
            done += _try(round_, "섞기", lambda r: mix.mix(round_id=r.pk))
    return done


def _try(round_, act, step):
    try:
        step(round_)
    except (ValidationError, mix.UrnBroken) as error:
        logger.error("vote %s: %s failed: %s", round_.slug, act, error)
        return []
    return [(round_.slug, act)]
