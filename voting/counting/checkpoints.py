"""Checkpoints: what stood in the box at a mix, chained by hashes from the manifest on, signed by the round's key."""

from hashlib import sha256

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from voting.counting.codes import VERSION
from voting.counting.errors import ChainError
from voting.counting.manifest import canonical, manifest_hash
from voting.counting.merkle import merkle_root

CHECKPOINT = f"{VERSION} checkpoint\n".encode()
FILES = f"{VERSION} files\n".encode()


def new_signing_seed():
    """32 random bytes: the round's signing key."""
    return SigningKey.generate().encode()


def verify_key(seed):
    """The public half of a signing key, 32 bytes."""
    return SigningKey(seed).verify_key.encode()


def sign(purpose, data, seed):
    """Ed25519 signature over purpose + data, hex."""
    return SigningKey(seed).sign(purpose + data).signature.hex()


def checkpoint_body(round_slug, number, state, voters, contests, previous, paper=None):
    """What a checkpoint says. contests: {contest: leaves}; previous: hash of the one before, of the manifest for number 1; hex.

    paper: what became of the paper ballots, in the final checkpoint of a round that has them (voting.paper_count).
    """
    return {
        "version": VERSION,
        "round": round_slug,
        "number": number,
        "state": str(state),
        "voters": voters,
        "contests": {
            str(contest): {"ballots": len(leaves), "root": merkle_root(leaves).hex()}
            for contest, leaves in ((contest, list(leaves)) for contest, leaves in contests.items())
        },
        "previous": previous,
        **({} if paper is None else {"paper": paper}),
    }


def expected_ballots(body, contest):
    """How many ballots of a contest a checkpoint's voters make: every web voter's, and the valid ones among the papers."""
    paper = body.get("paper")
    if paper is None:
        return body["voters"]
    return body["voters"] - paper["voters"] + sum(batch["valid"] for batch in paper["contests"][contest]["batches"])


def checkpoint_hash(body):
    """SHA-256 of the canonical body, hex."""
    return sha256(canonical(body)).hexdigest()


def sign_checkpoint(body, seed):
    """Signature of a checkpoint, hex."""
    return sign(CHECKPOINT, canonical(body), seed)


def make_checkpoint(round_slug, number, state, voters, contests, previous, seed, paper=None):
    """{"body", "hash", "signature"}: stored and published as it is."""
    body = checkpoint_body(round_slug, number, state, voters, contests, previous, paper)
    return {"body": body, "hash": checkpoint_hash(body), "signature": sign_checkpoint(body, seed)}


def check_chain(manifest, checkpoints):
    """Raises ChainError naming the first checkpoint that does not follow from the one before."""
    previous, key = manifest_hash(manifest), VerifyKey(bytes.fromhex(manifest["signing_key"]))
    for number, checkpoint in enumerate(checkpoints, 1):
        body = checkpoint["body"]
        if body["number"] != number:
            raise ChainError(f"확인점 {number}번 자리에 {body['number']}번이 있습니다.")
        if body["round"] != manifest["round"]:
            raise ChainError(f"확인점 {number}번은 다른 투표의 것입니다.")
        if body["previous"] != previous:
            raise ChainError(f"확인점 {number}번이 앞의 것과 이어지지 않습니다.")
        if checkpoint_hash(body) != checkpoint["hash"]:
            raise ChainError(f"확인점 {number}번의 지문이 내용과 다릅니다.")
        try:
            key.verify(CHECKPOINT + canonical(body), bytes.fromhex(checkpoint["signature"]))
        except (BadSignatureError, ValueError):
            raise ChainError(f"확인점 {number}번의 서명이 맞지 않습니다.") from None
        previous = checkpoint["hash"]
