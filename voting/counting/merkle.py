"""A Merkle tree over sorted leaves, the shape of RFC 6962: 0x00 before a leaf, 0x01 before two branches."""

from hashlib import sha256


def _leaf_hash(leaf):
    return sha256(b"\x00" + leaf).digest()


def _branch_hash(left, right):
    return sha256(b"\x01" + left + right).digest()


def _split(count):
    """The greatest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _root(hashes):
    """Level by level: an odd last one moves up as it is, which is RFC 6962's tree."""
    while len(hashes) > 1:
        paired = [_branch_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
        hashes = paired + hashes[len(paired) * 2 :]
    return hashes[0]


def merkle_root(leaves):
    """Root over the sorted leaves, 32 bytes; of no leaves SHA-256 of nothing."""
    hashes = [_leaf_hash(leaf) for leaf in sorted(leaves)]
    return _root(hashes) if hashes else sha256(b"").digest()


def inclusion_proof(leaves, leaf):
    """[(side, hash)] from the leaf up; side "L" or "R" says where the hash stands. Raises KeyError for a leaf that is not in."""
    ordered = sorted(leaves)
    if leaf not in ordered:
        raise KeyError(leaf)
    place, hashes, proof = ordered.index(leaf), [_leaf_hash(each) for each in ordered], []
    while len(hashes) > 1:
        half = _split(len(hashes))
        if place < half:
            proof.append(("R", _root(hashes[half:])))
            hashes = hashes[:half]
        else:
            proof.append(("L", _root(hashes[:half])))
            hashes, place = hashes[half:], place - half
    return proof[::-1]


def check_proof(leaf, proof, root):
    """Whether the proof leads from the leaf to the root."""
    current = _leaf_hash(leaf)
    for side, other in proof:
        current = _branch_hash(other, current) if side == "L" else _branch_hash(current, other)
    return current == root
