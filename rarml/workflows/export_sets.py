"""Predicted targets as gene sets (GMT), and all judged genes as a ranked list (RNK) for GSEA and its kin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml import __version__
from rarml.core.errors import InputError
from rarml.workflows.export_names import field_text, one_line, words_of
from rarml.workflows.export_source import Answers

KEYS = ("symbols", "ensembl")
# Probabilities are kept to 4 digits (rarml.workflows.predictions): half of the last one stands for 0, and for 1.
_LEAST = 5e-5
_DIGITS = 6
DIRECTIONS = {"up": "down", "down": "up"}


@dataclass(frozen=True)
class TargetRule:
    """Which genes are predicted targets.

    Attributes
    ----------
    min_p : float or None
        Least P(up), or P(down).
    top : int or None
        The so many most probable ones. With neither, the genes that are called candidates.
    """

    min_p: float | None = None
    top: int | None = None

    def __post_init__(self) -> None:
        if self.min_p is not None and self.top is not None:
            raise InputError("--min-p and --top exclude each other", fix="give one of them")

    def words(self, direction: str) -> str:
        """The rule, for the description of a set."""
        if self.min_p is not None:
            return f"P({direction}) >= {self.min_p:g}"
        if self.top is not None:
            return f"top {self.top} by P({direction})"
        return f"called candidate {direction}"


def targets(rows: pd.DataFrame, direction: str, rule: TargetRule) -> pd.DataFrame:
    """The predicted targets among the judged genes of one model, most probable first, ties by gene id.

    By probability or number, a gene is a target in its more probable direction only.
    """
    own = rows[f"p_{direction}"]
    other = rows[f"p_{DIRECTIONS[direction]}"]
    ordered = rows[own.notna()].sort_values([f"p_{direction}", "gene_id"], ascending=[False, True], kind="stable")
    if rule.min_p is None and rule.top is None:
        return ordered[ordered["call"] == f"candidate {direction}"]
    ordered = ordered[(ordered[f"p_{direction}"] > other.reindex(ordered.index).fillna(0)).to_numpy()]
    if rule.min_p is not None:
        return ordered[ordered[f"p_{direction}"] >= rule.min_p]
    return ordered.head(rule.top or 0)


def write_gmt(answers: Answers, folder: Path, rule: TargetRule) -> tuple[list[str], list[str]]:
    """Write ``targets.symbols.gmt`` and ``targets.ensembl.gmt``; their names, and notes.

    A set is named ``RARML_<MODEL>_UP`` or ``_DOWN``; its description says the model, the rule and the version. A set
    without a gene is not written (readers refuse it), and noted.
    """
    notes, files = [], []
    for key in KEYS:
        lines = []
        for model, direction, rows in _sets(answers, rule):
            names = _keys(rows, key)
            if not names:
                if key == KEYS[0]:
                    notes.append(f"{model}: no gene is a predicted target ({rule.words(direction)})")
                continue
            set_name = f"RARML_{words_of(answers.models)[model]}_{direction}".upper()
            cells = one_line(f"{answers.cell_types[model]} (model {model})", 120)
            what = f"Predicted ATRA targets in {cells}: {rule.words(direction)}; rarml {__version__}, not measured"
            lines.append("\t".join([set_name, what, *names]) + "\n")
        if lines:
            name = f"targets.{key}.gmt"
            (folder / name).write_text("".join(lines), encoding="utf-8")
            files.append(name)
    return files, notes


def _sets(answers: Answers, rule: TargetRule) -> Iterator[tuple[str, str, pd.DataFrame]]:
    for model in answers.models:
        rows = answers.judged(model)
        for direction in DIRECTIONS:
            if rows[f"p_{direction}"].notna().any():
                yield model, direction, targets(rows, direction, rule)


def rank_scores(rows: pd.DataFrame) -> NDArray[np.float64]:
    """logit P(up) - logit P(down), float64 of shape (n,); logit P(up) where a model gives no P(down).

    Above 0 where up is the more probable direction. Unlike a difference of probabilities it keeps apart the many genes
    for which both are small. Probabilities of 0 and 1 count as half of the last digit that is kept.
    """
    up = _logit(rows["p_up"])
    down = _logit(rows["p_down"])
    return np.where(np.isnan(down), up, up - down)


def write_rnk(answers: Answers, folder: Path) -> tuple[list[str], list[str]]:
    """Write ``<model>.symbols.rnk`` and ``<model>.ensembl.rnk``: gene, tab, score, highest first; names and notes.

    Genes that are not judged are left out, as are genes without a symbol from the file of symbols. Of several genes of
    one symbol the one of the largest absolute score stays. Ties stand in the order of their gene ids.
    """
    files, notes = [], []
    for model, word in words_of(answers.models).items():
        rows = answers.judged(model)
        left = len(answers.of(model)) - len(rows)
        if left:
            notes.append(
                f"{model}: {left:,} genes are silent in the untreated stand-in or without expression "
                "data: in no gene set and no ranked list"
            )
        if rows.empty:
            continue
        ranked = rows.assign(score=rank_scores(rows).round(_DIGITS))  # what is written alike is a tie
        ranked = ranked.sort_values(["score", "gene_id"], ascending=[False, True], kind="stable")
        for key in KEYS:
            chosen = ranked
            if key == "symbols":
                chosen = _one_per_symbol(ranked)
                if len(chosen) < len(ranked):
                    notes.append(
                        f"{model}: {len(ranked) - len(chosen):,} genes without a symbol of their own are in the "
                        "Ensembl list alone"
                    )
            keys = _keys(chosen, key)
            name = f"{word}.{key}.rnk"
            lines = [f"{gene}\t{value:.{_DIGITS}f}\n" for gene, value in zip(keys, chosen["score"], strict=True)]
            (folder / name).write_text("".join(lines), encoding="utf-8")
            files.append(name)
    return files, notes


def _one_per_symbol(ranked: pd.DataFrame) -> pd.DataFrame:
    named = ranked[ranked["symbol"] != ""]
    keys = named["symbol"].map(field_text)
    strongest = named.assign(size=named["score"].abs()).sort_values("size", ascending=False, kind="stable")
    kept = strongest[~keys.reindex(strongest.index).duplicated()].index
    return named[named.index.isin(kept)]


def _keys(rows: pd.DataFrame, key: str) -> list[str]:
    names = rows["gene_id"] if key == "ensembl" else rows.loc[rows["symbol"] != "", "symbol"]
    return list(dict.fromkeys(field_text(str(name)) for name in names))


def _logit(column: pd.Series) -> NDArray[np.float64]:
    p = np.clip(column.to_numpy(dtype=np.float64), _LEAST, 1 - _LEAST)
    return np.asarray(np.log(p) - np.log1p(-p))
