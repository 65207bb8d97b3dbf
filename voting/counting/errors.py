"""Errors of the counting parts. Each message is Korean and may be shown as it is."""


class CountingError(ValueError):
    """Something that must not be counted, opened or published."""


class CodeError(CountingError):
    """A ballot code that cannot be read, or picks that are no set."""


class ContentError(CountingError):
    """The content of a ballot is not in the stated form."""


class LeafError(CountingError):
    """A ballot's leaf does not follow from its tag, picks and nonce."""


class PickError(CountingError):
    """A ballot breaks the pick rule of its paper."""


class IdentityBroken(CountingError):
    """Σ votes is not picks × valid ballots."""


class ManifestError(CountingError):
    """A manifest that lacks something or contradicts itself."""


class ChainError(CountingError):
    """A checkpoint does not follow from the one before, or its signature is wrong."""


class ShareError(CountingError):
    """A key share with a typo, of another round, or not the one that was dealt."""


class SealError(CountingError):
    """A sealed ballot that does not open with this key."""


class FundingError(CountingError):
    """A budget or costs that cannot be used."""


class PabulibError(CountingError):
    """A `.pb` file that breaks the format; the message names line and column."""
