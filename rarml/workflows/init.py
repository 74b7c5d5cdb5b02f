"""A commented configuration drafted from a label table that was looked at."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from rarml.bundle.registry import shipped_atlas
from rarml.core.errors import InputError
from rarml.core.settings import parse_settings
from rarml.core.strict_yaml import parse_yaml
from rarml.features.atlas import atlas_columns, load_atlas
from rarml.features.selection import cells_of, samples_of
from rarml.labels.calling import CallingRule
from rarml.labels.spec import LabelSpec
from rarml.labels.table import LabelTable, load_labels
from rarml.reference.gene_names import GeneNames
from rarml.workflows.settings import DEFAULT_BLOCKS, TrainSettings
from rarml.workflows.train_inputs import guess_stand_in

RULES = ((1.0, 0.05), (0.58, 0.05), (1.5, 0.05), (1.0, 0.01))
"""Fold change (log2) and adjusted p of the rules that are tried; the first is the default."""
FEW = 100
"""Responsive genes below which a warning is written: intervals of the evaluation are then wide."""
_FILES = ("matrix", "design")
_KINDS = {
    "up": "up",
    "down": "down",
    "unresponsive": "unresponsive",
    "ambiguous": "ambiguous_status",
    "untested": "untested",
}


@dataclass(frozen=True)
class Draft:
    """A drafted configuration.

    Attributes
    ----------
    text : str
        YAML that `TrainSettings` reads.
    lines : tuple of str
        What was seen, for the user.
    """

    text: str
    lines: tuple[str, ...]


def draft_settings(
    table: str | Path | None,
    out: str | Path,
    *,
    cell_type: str = "",
    stand_in: Sequence[str] = (),
    atlas: str | Path | None = None,
    counts: Mapping[str, Any] | None = None,
    threads: int | None = None,
) -> Draft:
    """Look at a label table and draft the configuration of a training on it.

    Parameters
    ----------
    table : path, optional
        A table of differential expression, a gene set, or ready statuses; none with `counts`.
    out : path
        Where the configuration will stand; the table's path is written relative to it.
    cell_type : str
        The treated cells, in words; a stand-in of the same name is proposed.
    stand_in : sequence of str
        Expression samples to use instead.
    atlas : path, optional
        The shipped one by default.
    counts : mapping, optional
        Fields of `rarml.labels.count_spec.CountSpec`: raw counts in place of a table.
    threads : int, optional
        For counts: processes at once.

    Raises
    ------
    InputError
        If the table cannot be read, or a stand-in is unknown.
    """
    folder = Path(atlas) if atlas is not None else shipped_atlas()
    names = load_atlas(folder, columns=[]).names
    columns = atlas_columns(folder)
    samples = samples_of(columns)
    unknown = [name for name in stand_in if name not in samples]
    if unknown:
        near = get_close_matches(unknown[0], samples, n=3, cutoff=0.4)
        raise InputError(f"no expression sample {unknown[0]!r}", fix=f"near: {', '.join(near)}" if near else None)
    if (table is None) == (not counts):
        raise InputError("a table or counts are needed, not both", fix="name a table, or --counts and --design")
    content: dict[str, Any] = {"counts": dict(counts)} if counts else {"files": (str(Path(str(table)).resolve()),)}
    spec = parse_settings(content, LabelSpec, where="labels")
    labels = load_labels(spec, names, threads=threads)
    chosen = list(stand_in) or guess_stand_in(cell_type, samples)
    cells = sorted(cells_of(columns))
    same = guess_stand_in(" ".join([cell_type, *chosen]), cells)
    tried = [] if labels.positive_unlabelled or "rule" not in labels.provenance else _tried(spec, names, labels)
    near = _near(cell_type, samples)
    source = _source(spec, table, Path(out))
    text = _text(source, Path(out), labels, cell_type, chosen, near, same, cells, tried)
    parse_settings(parse_yaml(text), TrainSettings, where=str(out))
    return Draft(text, tuple(_seen(labels, chosen)))


def _tried(spec: LabelSpec, names: GeneNames, labels: LabelTable) -> list[tuple[float, float, dict[str, int]]]:
    """Numbers of genes by status under each of `RULES`."""
    found = []
    for change, padj in RULES:
        rule = CallingRule(up_log2fc=change, down_log2fc=-change, padj=padj)
        counts = load_labels(spec.model_copy(update={"rule": rule}), names, compared=labels).counts()
        found.append((change, padj, counts))
    return found


def _source(spec: LabelSpec, table: str | Path | None, out: Path) -> list[str]:
    """The lines of the draft that say where labels come from; files relative to the draft."""

    def place(file: str | Path) -> str:
        return _quoted(os.path.relpath(Path(file).resolve(), out.resolve().parent))

    if spec.counts is None:
        return [f"  files: [{place(str(table))}]"]
    lines = ["  counts:                          # compared with PyDESeq2 first; keys in docs/how-to/from-counts.md"]
    for name, value in spec.counts.model_dump(mode="json", exclude_unset=True).items():
        lines.append(f"    {name}: {place(value) if name in _FILES else _quoted(value)}")
    return lines


def _near(cell_type: str, samples: Sequence[str]) -> list[str]:
    """Samples whose names resemble a word of the cell type."""
    lower = {sample.lower(): sample for sample in samples}
    found = [name for word in cell_type.lower().split() for name in get_close_matches(word, lower, n=2, cutoff=0.6)]
    return [lower[name] for name in dict.fromkeys(found)]


def _seen(labels: LabelTable, stand_in: Sequence[str]) -> list[str]:
    counts = labels.counts()
    lines = [
        f"{counts['read']:,} rows, {counts['mapped']:,} genes mapped: "
        + ", ".join(f"{counts[key]:,} {kind}" for kind, key in _KINDS.items()),
        *labels.provenance.get("notes", ()),
    ]
    responsive = counts["up"] + counts["down"]
    if responsive < FEW:
        lines.append(f"only {responsive} responsive genes: the model's intervals will be wide")
    if not stand_in:
        lines.append("no expression sample is named like the cells: choose one under context.stand_in")
    return lines


def _text(
    source: Sequence[str],
    out: Path,
    labels: LabelTable,
    cell_type: str,
    stand_in: Sequence[str],
    near: Sequence[str],
    chromatin: Sequence[str],
    cells: Sequence[str],
    tried: Sequence[tuple[float, float, dict[str, int]]],
) -> str:
    counts = labels.counts()
    lines = [
        "# Drafted by `rarml init`; every key is explained in configs/quick.yaml, and an unknown one is an error.",
        f"# Train with:  rarml train --config {_comment(out.name)} --out {_comment(out.stem)}-model",
        "",
        f"name: {_quoted(out.stem)}",
        f"cell_type: {_quoted(cell_type or 'unnamed cells')}"
        + ("" if cell_type else "          # the treated cells, in words"),
        'description: ""                    # one sentence for the model card',
        "",
        "labels:",
        *source,
        *(f"  # {_comment(str(note))}" for note in labels.provenance.get("notes", ())),
        '  dose: ""                         # travel with the model; fill them in',
        '  time: ""',
        '  source: ""',
    ]
    if tried:
        lines += ["  # genes by rule (log2 fold change, adjusted p):   up / down / unresponsive / ambiguous / untested"]
        for change, padj, found in tried:
            lines.append(f"  #   {change:<5g} {padj:<5g}  " + " / ".join(f"{found[key]:,}" for key in _KINDS.values()))
        change, padj, _ = tried[0]
        lines += ["  rule:", f"    up_log2fc: {change}", f"    down_log2fc: {-change}", f"    padj: {padj}"]
    else:
        lines.append(f"  # {counts['up']:,} up, {counts['down']:,} down, as the file says")
    lines += ["", "context:                           # untreated cells that stand in for yours"]
    shown = ", ".join(_quoted(name) for name in stand_in)
    hint = f"name one, such as {', '.join(near)}" if near else "the mean over all samples; better name one"
    lines.append(f"  stand_in: [{shown}]" + ("" if stand_in else f"                     # {_comment(hint)}"))
    if chromatin:
        lines.append(f"  chromatin: [{', '.join(_quoted(name) for name in chromatin)}]")
    else:
        every = f"of these alone; all by default: {', '.join(cells)}"
        lines.append(f"  # chromatin: [{_comment(cells[0] if cells else '')}]   # {_comment(every)}")
    lines += ["", f"blocks: [{', '.join(DEFAULT_BLOCKS)}]", "", "seed: 2026", ""]
    return "\n".join(lines)


def _comment(text: str) -> str:
    """Text of others on one line that YAML reads past."""
    return " ".join("".join(letter if letter.isprintable() else "�" for letter in text).split())


def _quoted(value: object) -> str:
    """Text of others as a double-quoted YAML scalar; lists and mappings of them in YAML's flow style."""
    shown = json.dumps(value, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else f"\\U{ord(letter):08x}" for letter in shown)
