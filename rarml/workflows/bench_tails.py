"""Tails of a reporter insert, by enzyme or as bases."""

from __future__ import annotations

from rarml.core.errors import InputError, did_you_mean
from rarml.workflows.bench_assays import ENZYMES

PAD = "TAAGCA"
"""Bases beyond a restriction site, so that the enzyme cuts near the end."""


def read_tails(text: str) -> tuple[str, str]:
    """The 5' and 3' tail from ``KpnI,XhoI`` or ``ACGT…,ACGT…``; two empty ones from ''.

    Raises
    ------
    InputError
        If there are not two, or one is neither an enzyme nor made of A, C, G and T.
    """
    if not text.strip():
        return "", ""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2:
        raise InputError("two tails are needed", where=f"--tails {text}", fix="e.g. --tails KpnI,XhoI")
    known = {name.lower(): word for name, word in ENZYMES.items()}
    found = []
    for number, part in enumerate(parts):
        if part.lower() in known:
            word = known[part.lower()]  # palindromes: the same on both strands
            found.append(PAD + word if number == 0 else word + PAD[::-1])
        elif set(part.upper()) <= set("ACGT"):
            found.append(part.upper())
        else:
            raise InputError("is no enzyme and no DNA", where=f"--tails {part}", fix=did_you_mean(part, ENZYMES))
    return found[0], found[1]
