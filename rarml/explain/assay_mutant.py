"""A reporter mutant: both half-sites of a RARE changed so that none remains and no new element arises."""

from __future__ import annotations

from collections.abc import Sequence

from rarml.explain.assay_window import Site
from rarml.explain.variants import Codes, knocked_out
from rarml.features.calls import PairScanner
from rarml.reference.bases import LETTERS, encode


def mutate_half_sites(text: str, site: Site, scanner: PairScanner, *, avoid: Sequence[str] = ()) -> str | None:
    """The insert whose element is knocked out (`rarml.explain.variants.knocked_out`), the one that experiments change.

    Parameters
    ----------
    text : str
        Upper-case bases without N.
    site : Site
        In coordinates of `text`.
    scanner : PairScanner
        What calls an element.
    avoid : sequence of str
        Words (restriction sites) that may not become more frequent.

    Returns
    -------
    str or None
        Of the same length, changed in the two half-sites alone; None if no change removes the element.
    """

    def allowed(codes: Codes) -> bool:
        changed = _text(codes)
        return all(changed.count(word) <= text.count(word) for word in avoid)

    codes = knocked_out(encode(text), site.start, site.end, scanner, allowed=allowed)
    return None if codes is None else _text(codes)


def _text(codes: Codes) -> str:
    return "".join(LETTERS[code] for code in codes)
