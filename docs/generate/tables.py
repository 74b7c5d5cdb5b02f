"""The columns of rarml's tables as the code writes them: asked of the code itself on a gene, two models, a sequence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from docs.generate.columns import WORDS
from docs.generate.markdown import code, table

MODELS = ("mcf-7", "sh-sy5y")
GENES = ("CYP26A1", "DHRS3")
_CLASSES = "up|down|unresponsive"


def all_tables() -> dict[str, pd.DataFrame]:
    """A small example of every table whose columns have words, by its name there."""
    from rarml.bundle.load import load_bundle
    from rarml.bundle.registry import find_model, shipped_atlas
    from rarml.workflows.compare import compare
    from rarml.workflows.compare_output import comparison_tables
    from rarml.workflows.enrich import enrich
    from rarml.workflows.export_annotation import annotation_table
    from rarml.workflows.export_source import collect
    from rarml.workflows.scan import scan_fasta
    from rarml.workflows.score import score

    bundle = load_bundle(find_model(MODELS[0]))
    scored = score(GENES, MODELS[:1])
    with TemporaryDirectory() as place:
        fasta, out, known = Path(place) / "a.fa", Path(place) / "a.tsv", Path(place) / "known.txt"
        fasta.write_text(">a\nTTTTAGGTCATTTGCAGGTCATTTT\n", encoding="utf-8")
        known.write_text("\n".join(GENES) + "\n", encoding="utf-8")
        scan_fasta(fasta, out)
        scanned = pd.read_csv(out, sep="\t")
        compared = comparison_tables(compare(MODELS, known=known, reasons=False, bootstrap=2))
    return {
        "scores": scored.table,
        "sites": scored.sites,
        "scan": scanned,
        "predictions": bundle.predictions.reset_index(),
        "labels": bundle.labels.reset_index(),
        "atlas genes": pd.read_parquet(shipped_atlas() / "genes.parquet"),
        "atlas names": pd.read_parquet(shipped_atlas() / "names.parquet"),
        "genes of an export": annotation_table(collect(MODELS[:1], None)).reset_index(),
        **{f"compare {name}": found for name, found in compared.items()},
        "enrichment": enrich(GENES, model=MODELS[0])[0].table,
    }


def columns_table(name: str, found: pd.DataFrame) -> str:
    """Column, type and meaning of each column, in order; columns per class or model are one row."""
    said = dict(WORDS[name])
    rows, seen = [], set()
    for column in found.columns:
        plain = collapsed(str(column), name)
        if plain in seen:
            continue
        seen.add(plain)
        if plain not in said:
            raise KeyError(f"{name}: column {plain!r} has no words in docs/generate/columns.py")
        rows.append([code(plain), _type(found[column]), said[plain]])
    gone = [column for column in said if column not in seen]
    if gone:
        raise KeyError(f"{name}: docs/generate/columns.py has words for {', '.join(gone)}, which no column has")
    return table(["column", "type", "meaning"], rows)


def collapsed(column: str, name: str) -> str:
    """The column's name with a placeholder for a class, a direction, a model or a side."""
    models = "|".join(re.escape(one) for one in MODELS)
    plain = re.sub(rf":({models})$", ":<model>", column)
    plain = plain.replace(f"rarml_{MODELS[0].replace('-', '_')}_", "rarml_<model>_")
    if name == "compare differences":
        plain = re.sub(r"^(p|evidence|measured|promoter|marks|ntpm)_[ab]$", r"\1_<side>", plain)
    of = "direction" if name in ("compare genes", "compare consensus") else "class"
    return re.sub(rf"_({_CLASSES})(?=$|_|:)", f"_<{of}>", plain)


def _type(column: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(column):
        return "true or false"
    if pd.api.types.is_integer_dtype(column):
        return "whole number"
    if pd.api.types.is_float_dtype(column):
        return "number"
    return "text"


def listed(names: Iterable[str]) -> str:
    """Names as code, joined by commas."""
    return ", ".join(code(name) for name in names)
