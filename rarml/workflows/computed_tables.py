"""Tables of differential expression that were made from counts, written beside the model that is trained on them."""

from __future__ import annotations

import re
from pathlib import Path

from rarml.core.files import write_text
from rarml.labels.from_counts import table_text
from rarml.labels.label_table import LabelTable

_ENDING = ".deseq2.tsv"


def write_computed(labels: LabelTable, out: str | Path) -> list[Path]:
    """Write ``OUT.deseq2.tsv``, or ``OUT.CONDITION.deseq2.tsv`` for each of several conditions, beside `out`.

    They belong to the model at `out` and are replaced with it. Returns the files, none for labels that were read.
    """
    target = Path(out)
    several = len(labels.computed) > 1
    written: list[Path] = []
    for level, raw in labels.computed.items():
        ending = f".{_plain(level)}{_ENDING}" if several else _ENDING
        file = target.with_name(f"{target.name}{ending}")
        if file in written:  # two conditions that differ in signs only
            file = target.with_name(f"{target.name}.{len(written) + 1}{_ENDING}")
        write_text(file, table_text(raw))
        written.append(file)
    return written


def _plain(level: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", level).strip("-.") or "condition"
