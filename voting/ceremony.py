"""The key ceremony: a new key pair, its private half split in three, the halves forgotten."""

from voting import actions
from voting.counting import sealing


def hold(*, round, by=None):
    """Make the round's key and return the three share texts, in the order of the holders. They are stored nowhere; show each to its holder alone."""
    key = sealing.new_round_key()
    shares = sealing.split_key(key.private, round.slug)
    commitments = [sealing.commit_share(share) for share in shares]
    actions.keep_shares(round=round, public_key=key.public.hex(), commitments=commitments, by=by)
    return shares
