"""Money: whole won in integers; 천원 is display; one rounding, half up, for the whole portal (DESIGN.md rule 4)."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def round_half_up(value, places=0):
    """Round a number (int, Decimal or Fraction) half up, away from zero, to `places` decimals.

    Returns an int for places=0, else a Decimal with exactly that many decimals.
    Fractions are rounded exactly: no binary or decimal approximation comes between.
    """
    scaled = Fraction(value) * 10**places
    sign = -1 if scaled < 0 else 1
    whole = sign * int(abs(scaled) + Fraction(1, 2))
    if places == 0:
        return whole
    # Built from its text: exact whatever the decimal context's precision.
    return Decimal(f"{whole}E-{places}")


def percent(part, whole, places=1):
    """Share of `part` in `whole` in percent, half up, as Decimal (int for places=0); None when whole is 0."""
    if not whole:
        return None
    return round_half_up(Fraction(part) * 100 / Fraction(whole), places)


def won(amount):
    """`1234567` -> `1,234,567원`; None -> `–`."""
    return "–" if amount is None else f"{amount:,}원"


def thousand(amount):
    """Whole won shown in 천원: `35400000` -> `35,400`; a rest below 1,000 won is shown, never rounded away."""
    if amount is None:
        return "–"
    if amount % 1000 == 0:
        return f"{amount // 1000:,}"
    return f"{Decimal(amount) / 1000:,f}"


def thousand_won(amount):
    """As `thousand`, with its unit: `35,400천원`."""
    return "–" if amount is None else f"{thousand(amount)}천원"


def quantity(value):
    """A Decimal without trailing zeros, with thousands separators: `62.20` -> `62.2`, `5000000` -> `5,000,000`."""
    if value is None:
        return "–"
    number = Decimal(value)
    number = number.quantize(Decimal(1), ROUND_HALF_UP) if number == number.to_integral_value() else number.normalize()
    return f"{number:,f}"


def signed(amount):
    """A difference in whole won shown in 천원 with its sign, △ for less as officials write it: `-14550000` -> `△14,550`."""
    if not amount:
        return thousand(amount)
    return f"△{thousand(-amount)}" if amount < 0 else f"+{thousand(amount)}"


def figure(value):
    """A finding's number as `quantity`, with △ for less than zero; words (a weekday, a session) as they are; None -> –."""
    if isinstance(value, Decimal):
        return f"△{quantity(-value)}" if value < 0 else quantity(value)
    return "–" if value is None else value
