"""Shamir's secret sharing over GF(256), byte by byte: fewer shares than needed tell nothing about the secret."""

import secrets

POWERS = [1]
for _ in range(254):  # 3 generates the field of AES (x⁸ + x⁴ + x³ + x + 1)
    doubled = POWERS[-1] << 1 ^ (0x11B if POWERS[-1] & 0x80 else 0)
    POWERS.append(doubled ^ POWERS[-1])
LOGS = {value: place for place, value in enumerate(POWERS)}


def times(a, b):
    """Product in GF(256)."""
    return POWERS[(LOGS[a] + LOGS[b]) % 255] if a and b else 0


def over(a, b):
    """Quotient in GF(256); b is not 0."""
    return POWERS[(LOGS[a] - LOGS[b]) % 255] if a else 0


def evaluate(coefficients, x):
    """A polynomial at x; coefficients from the constant up."""
    value = 0
    for coefficient in reversed(coefficients):
        value = times(value, x) ^ coefficient
    return value


def split(secret, holders, needed):
    """{x: share}, x from 1. Each byte of the secret is the constant of its own random polynomial of degree needed − 1."""
    rows = [[byte, *secrets.token_bytes(needed - 1)] for byte in secret]
    return {x: bytes(evaluate(row, x) for row in rows) for x in range(1, holders + 1)}


def join(points):
    """The secret from {x: share} by Lagrange's formula at 0."""
    weights = {}
    for x in points:
        weights[x] = 1
        for other in points:
            if other != x:
                weights[x] = times(weights[x], over(other, other ^ x))
    size = len(next(iter(points.values())))
    result = bytearray(size)
    for x, share in points.items():
        for place in range(size):
            result[place] ^= times(weights[x], share[place])
    return bytes(result)
