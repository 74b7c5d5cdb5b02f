"""All genes of a comparison as columns of plain JSON, for the script that draws, sorts, searches and pages them.

Probabilities travel as whole numbers of 1/`SCALE`, words as one letter each: 15,000 genes of four models are 0.9 MB.
"""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any

import numpy as np
import pandas as pd

from rarml.report.content import CompareContent
from rarml.report.words import missing

SCALE = 10_000
LETTERS = ascii_uppercase + ascii_lowercase + digits
DIRECTIONS = ("up", "down")


def compare_grid(content: CompareContent) -> dict[str, Any]:
    """Everything that the gene table and the scatter of the page show.

    Returns
    -------
    dict
        `scale`, `words` (lists that the codes point into: call, measured, group), `id` (numbers where every gene has
        an id of the form `prefix` and `digits` digits, else texts), `symbol`, `group`, `least` (per direction, models
        that must judge a gene for a rank) and `models` (name, prevalence, columns `up` and `down`, None where missing;
        `call`, `measured` and `usable` with one character per gene). The script works out the consensus from these.
    """
    genes = content.genes
    words: dict[str, list[str]] = {"call": [], "measured": [], "group": []}
    models = []
    for info in content.models:
        name, usable = info.name, f"usable:{info.name}"
        models.append(
            {
                "name": name,
                "prevalence": {kind: info.prevalence.get(kind) for kind in DIRECTIONS},
                "up": _whole(genes[f"p_up:{name}"]),
                "down": _whole(genes[f"p_down:{name}"]) if "down" in info.classes else None,
                "call": _letters(genes[f"call:{name}"], words["call"]),
                "measured": _letters(genes[f"measured:{name}"], words["measured"]),
                "usable": "".join("01"[bool(known)] for known in genes[usable]) if usable in genes else None,
            }
        )
    able = {kind: sum(kind in info.classes for info in content.models) for kind in DIRECTIONS}
    return {
        "scale": SCALE,
        "words": words,
        **_ids([str(gene) for gene in genes["gene_id"]]),
        "symbol": [
            str(gene if missing(symbol) else symbol)
            for gene, symbol in zip(genes["gene_id"], genes["symbol"], strict=True)
        ],
        "group": _letters(genes["group"], words["group"]),
        "models": models,
        "least": {kind: min(max(2, n // 2 + 1), n) for kind, n in able.items() if n},
    }


def _ids(genes: list[str]) -> dict[str, Any]:
    """Ensembl ids as numbers: a sixth of the page would be their noughts."""
    length = 11
    if all(gene.startswith("ENSG") and len(gene) == 4 + length and gene[4:].isdecimal() for gene in genes):
        return {"id": [int(gene[4:]) for gene in genes], "prefix": "ENSG", "digits": length}
    return {"id": genes, "prefix": "", "digits": 0}


def _whole(column: pd.Series) -> list[int | None]:
    values = column.to_numpy(dtype=np.float64)
    return [None if np.isnan(value) else round(SCALE * value) for value in values.tolist()]


def _letters(values: Iterable[Any], words: list[str]) -> str:
    """One character per value: its place in `words`, which grows by what it lacks, as a letter; a blank is missing.

    Raises
    ------
    ValueError
        If there are more words than letters.
    """
    place = {word: i for i, word in enumerate(words)}
    found = []
    for value in values:
        if missing(value):
            found.append(" ")
            continue
        word = str(value)
        if word not in place:
            if len(words) == len(LETTERS):
                raise ValueError(f"more than {len(LETTERS)} words")
            place[word] = len(words)
            words.append(word)
        found.append(LETTERS[place[word]])
    return "".join(found)
