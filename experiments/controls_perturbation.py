"""Controls of perturbation: does a model of ATRA know the genes of ATRA, or any gene that can be induced?

TGF-β on the same MCF-7 cells (labels from the counts, `controls_deseq.py`), and induction of PML-RARA in U-937 beside
the NB4 list. Every score is held out: no gene is answered by a model that saw its chromosome.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from common import real_data
from controls_common import WORK, Row, mean_auroc
from controls_fits import KINDS, TGFB, called, computed_labels, held_out, problem, u937_labels

RESPONSIVE = ("up", "down")
LEAST = 10
SHARED = {"ra_50nM": "50nM", "ra_200nM": "200nM", "ra_400nM": "400nM"}
Answers = dict[str, list[pd.DataFrame]]


def method_check() -> list[Row]:
    """The retinoic-acid tables computed here beside those that were shared: fold changes, and calls in common."""
    folder = real_data() / "labels"
    rows: list[Row] = []
    for name, dose in SHARED.items():
        own = pd.read_csv(WORK / "deseq" / f"{name}.csv", index_col=0)
        theirs = pd.read_csv(folder / f"mcf-7_ra_{dose}_72h_deseq2.csv", index_col=0)
        both = own.join(theirs, rsuffix="_shared", how="inner").dropna(subset=["log2FoldChange_shared"])
        tested = both[both["baseMean"] >= 10].dropna(subset=["padj", "padj_shared"])
        ours = {
            gene: np.sign(change)
            for gene, change, padj in tested[["log2FoldChange", "padj"]].itertuples()
            if padj < 0.05 and abs(change) >= 1
        }
        shared = {
            gene: np.sign(change)
            for gene, change, padj in tested[["log2FoldChange_shared", "padj_shared"]].itertuples()
            if padj < 0.05 and abs(change) >= 1
        }
        common = [gene for gene in ours if shared.get(gene) == ours[gene]]
        rows.append(
            {
                "table": name,
                "genes": len(tested),
                "pearson_log2fc": tested["log2FoldChange"].corr(tested["log2FoldChange_shared"]),
                "median_absolute_difference": (tested["log2FoldChange"] - tested["log2FoldChange_shared"])
                .abs()
                .median(),
                "called_here": len(ours),
                "called_shared": len(shared),
                "called_in_both": len(common),
                "jaccard": len(common) / max(len(set(ours) | set(shared)), 1),
            }
        )
    ours_joined = computed_labels("ra").table["status"]
    theirs_joined = shared_labels().reindex(ours_joined.index).fillna("untested")
    for status in ("up", "down", "unresponsive"):
        here, there = ours_joined == status, theirs_joined == status
        both_say = int((here & there).sum())
        rows.append(
            {
                "table": f"joined labels: {status}",
                "called_here": int(here.sum()),
                "called_shared": int(there.sum()),
                "called_in_both": both_say,
                "jaccard": both_say / max(int((here | there).sum()), 1),
            }
        )
    return rows


def overlap() -> Row:
    """Genes by status under retinoic acid (columns) and TGF-β (rows), among those eligible for both."""
    atra, tgfb = problem("mcf-7")[0], problem(TGFB)[0]
    eligible = atra.eligibility.index[atra.eligibility == "eligible"]
    ra = atra.status.reindex(eligible).fillna("neither")
    other = tgfb.status.reindex(eligible).fillna("neither")
    counts = pd.crosstab(other, ra)
    return {str(row): {str(column): int(n) for column, n in own.items()} for row, own in counts.iterrows()}


def answers(name: str, seeds: int) -> Answers:
    """Held-out tables of one label set by kind of model, one per seed."""
    return {kind: [held_out(name, kind, seed) for seed in range(seeds)] for kind in KINDS}


def judged(
    tables: Answers, scored: str, truth: pd.Series, groups: pd.Series, *, against: str = "covariates", **facts: object
) -> list[Row]:
    """AUROC of a score over the genes of `truth` (bool by gene) by every kind of model, with the gain over one.

    `scored`: 'responsive' for 1 - P(unresponsive), a task such as 'up v down', or 'score' for a column of that name.
    A question with fewer than `LEAST` genes on a side is not asked.
    """
    rows = []
    genes, values = truth.index, truth.to_numpy(dtype=bool)
    units = groups.loc[genes].to_numpy(dtype=str)
    if min(values.sum(), (~values).sum()) < LEAST:
        return []

    def score(table: pd.DataFrame) -> np.ndarray:
        own = table.loc[genes].astype(float)
        if scored == "score":
            return np.asarray(own["score"])
        if scored == "responsive":
            return np.asarray(1 - own["p_unresponsive"])
        positive, negative = scored.split(" v ")
        return np.asarray(own[f"p_{positive}"] / (own[f"p_{positive}"] + own[f"p_{negative}"]))

    every = {kind: [score(table) for table in own] for kind, own in tables.items()}
    for kind, scores in every.items():
        base = None if kind == against else every[against]
        rows.append({**facts, "model": kind, **mean_auroc(scores, values, units, against=base, name=str(facts))})
    return rows


def ranking(seeds: int) -> list[Row]:
    """Responsive v unresponsive genes of each perturbation, ranked by the models of ATRA and of TGF-β."""
    rows: list[Row] = []
    for asked in ("mcf-7", TGFB):
        data, _ = problem(asked)
        for model in ("mcf-7", TGFB):
            tables = answers(model, seeds)
            facts = {"model_of": model, "asked_about": asked}
            truth = data.status.isin(RESPONSIVE)
            rows += judged(tables, "responsive", truth, data.groups, task="responsive v unresponsive", **facts)
            for direction in RESPONSIVE:
                own = data.status[data.status.isin([direction, "unresponsive"])]
                task = f"{direction} v unresponsive"
                rows += judged(tables, task, own == direction, data.groups, task=task, **facts)
    return rows


def specificity(seeds: int) -> list[Row]:
    """Genes that answer to exactly one of the two: does a model put those of its own perturbation first?

    Strict: the other perturbation leaves the gene clearly flat; loose: it is tested there and not called responsive.
    """
    (atra, _), (tgfb, _) = problem("mcf-7"), problem(TGFB)
    called_by = {
        "mcf-7": shared_labels().reindex(atra.eligibility.index).fillna("untested"),
        TGFB: computed_labels("tgfb").table["status"].reindex(atra.eligibility.index).fillna("untested"),
    }
    eligible = (atra.eligibility == "eligible") & (tgfb.eligibility == "eligible")
    rows: list[Row] = []
    for rule, flat in (("strict", ("unresponsive",)), ("loose", ("unresponsive", "ambiguous"))):
        for kind, wanted in (("either direction", RESPONSIVE), ("up", ("up",)), ("down", ("down",))):
            only_ra = called_by["mcf-7"].isin(wanted) & called_by[TGFB].isin(flat) & eligible
            only_tgfb = called_by[TGFB].isin(wanted) & called_by["mcf-7"].isin(flat) & eligible
            genes = only_ra.index[only_ra | only_tgfb]
            task = "responsive" if kind == "either direction" else f"{kind} v unresponsive"
            for model in ("mcf-7", TGFB):
                truth = (only_ra if model == "mcf-7" else only_tgfb).loc[genes]
                facts = {"rule": rule, "genes": kind, "model_of": model}
                rows += judged(answers(model, seeds), task, truth, atra.groups, **facts)
            facts = {"rule": rule, "genes": kind, "model_of": "mcf-7 less TGF-β"}
            rows += judged(contrasts(seeds, task), "score", only_ra.loc[genes], atra.groups, **facts)
    return rows


def contrasts(seeds: int, task: str) -> Answers:
    """What two models say of a gene, in difference: log odds of the ATRA model less those of the TGF-β model."""

    def log_odds(table: pd.DataFrame) -> pd.Series:
        flat = table["p_unresponsive"].clip(1e-6, 1 - 1e-6)
        direction = task.split(" v ")[0]
        wanted = 1 - flat if task == "responsive" else table[f"p_{direction}"].clip(1e-6, 1)
        return np.log(wanted / flat)

    both = answers("mcf-7", seeds), answers(TGFB, seeds)
    return {
        kind: [
            (log_odds(one) - log_odds(other)).to_frame("score")
            for one, other in zip(both[0][kind], both[1][kind], strict=True)
        ]
        for kind in KINDS
    }


def shared_labels() -> pd.Series:
    """Called status of MCF-7 under retinoic acid by the shared tables, ambiguous genes included."""
    folder = real_data() / "labels"
    return called([str(folder / f"mcf-7_ra_{dose}_72h_deseq2.csv") for dose in SHARED.values()], 2).table["status"]


def pml_rara(seeds: int) -> list[Row]:
    """The NB4 list beside genes that PML-RARA induces in U-937: ranked by the NB4 model, and which of the two first."""
    data, _ = problem("nb4")
    eligible = data.status.index
    listed = (data.status == "up").reindex(eligible)
    induced = u937_labels().table["status"].reindex(eligible).fillna("untested")
    tables = answers("nb4", seeds)
    rows: list[Row] = []
    for direction, chosen in (("up", ["up"]), ("down", ["down"]), ("up or down", list(RESPONSIVE))):
        other = induced.isin(chosen)
        plainly = other & ~listed
        rest = ~listed & (induced == "untested")
        score = "up v unresponsive"
        facts = {"u937": direction, "n_both": int((other & listed).sum())}
        against_rest = plainly[plainly | rest]
        rows += judged(tables, score, against_rest, data.groups, question="PML-RARA genes v other genes", **facts)
        only = (listed & ~induced.isin(RESPONSIVE)) | plainly
        rows += judged(tables, score, listed[only], data.groups, question="NB4 list only v PML-RARA only", **facts)
    rest = ~listed
    rows += judged(tables, "up v unresponsive", listed[listed | rest], data.groups, question="NB4 list v other genes")
    return rows


def directions(seeds: int, cells: Sequence[str]) -> list[Row]:
    """Up v down by every kind of model; AUROC of direction needs no unresponsive genes."""
    rows: list[Row] = []
    for cell in cells:
        data, _ = problem(cell)
        chosen = data.status[data.status.isin(RESPONSIVE)]
        if chosen.nunique() == 2:
            rows += judged(answers(cell, seeds), "up v down", chosen == "up", data.groups, cell=cell)
    return rows
