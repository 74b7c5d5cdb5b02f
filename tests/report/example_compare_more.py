"""The further tables of an example comparison, consistent with its genes; the numbers are drawn, not measured."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from rarml.evaluation.consensus import consensus
from rarml.evaluation.consensus import evidence as evidence_of
from rarml.report.compare_content import CompareMore, GeneSets
from rarml.report.compare_figures import evidence
from rarml.report.content import CompareContent

KINDS = ("start", "covariates", "rare")


def with_more(content: CompareContent, seed: int = 1) -> CompareContent:
    rng = np.random.default_rng(seed)
    names = [info.name for info in content.models]
    genes = content.genes.copy()
    usable = pd.DataFrame({name: rng.random(len(genes)) < 0.8 for name in names}, index=genes.index)
    for name in names:
        genes[f"usable:{name}"] = usable[name]
        for direction in ("up", "down"):
            genes[f"p_{direction}:{name}"] = genes[f"p_{direction}:{name}"].round(3)  # coarse, so that there are ties
    genes.loc[genes.index[-20:], f"call:{names[0]}"] = "not judged"
    genes.loc[genes.index[-20:], "group"] = "not judged by all"
    for direction in ("up", "down"):
        able = [info for info in content.models if direction in info.classes]
        scores = {m.name: evidence_of(genes[f"p_{direction}:{m.name}"], m.prevalence[direction]) for m in able}
        table = pd.DataFrame(scores, index=genes.index)
        least = min(max(2, len(able) // 2 + 1), len(able))
        together = consensus(table, usable[list(table.columns)], least=least).add_suffix(f"_{direction}")
        genes = genes.join(together)
    content = replace(content, genes=genes)
    chosen = genes.sample(12, random_state=seed)
    core = pd.DataFrame(
        {"gene_id": chosen["gene_id"], "symbol": chosen["symbol"], "direction": ["up"] * 8 + ["down"] * 4}
    )
    core = core.assign(called_in=len(names), of=len(names), measured_in=1)
    for column in ("consensus", "probability", "spread", "n_models", "agree", "rank"):
        core[column] = chosen[f"{column}_up"].to_numpy()
    receptors = pd.DataFrame(
        [(name, f"cell of {name}", one, value) for name in names for one, value in (("RARA", 12.5), ("RXRG", np.nan))],
        columns=["model", "sample", "receptor", "ntpm"],
    )
    known = pd.DataFrame(
        [
            {
                **{
                    "list": "targets",
                    "model": name,
                    "named": 90,
                    "mapped": 80,
                    "listed": 80,
                    "eligible": 60,
                    "called": 9,
                },
                **{"called_of_all": 70, "n": 3000, "odds_ratio": 3.5, "low": 1.6, "high": 7.2, "pvalue": 0.0002},
                **{"auroc": 0.7, "auroc_low": 0.66, "auroc_high": 0.74, "covariates": 0.68, "over_covariates": 0.02},
                **{"over_low": -0.01, "over_high": 0.05},
            }
            for name in names
        ]
    )
    more = CompareMore(
        sets=_sets(names),
        core=core,
        differences=_differences(content, rng),
        receptors=receptors,
        marks=dict.fromkeys(names, "MCF-7 (H3K27ac)"),
        known=known,
        methods=("What was done.",),
    )
    return replace(content, more=more, transfer=_transfer(content))


def _sets(names: list[str]) -> tuple[GeneSets, ...]:
    rows = [((name,), 1, 40 - 3 * i, 50.0) for i, name in enumerate(names)]
    rows += [(tuple(names[:2]), 2, 12, 2.5)]
    table = pd.DataFrame(rows, columns=["sets", "degree", "n", "expected"])
    pairs = pd.DataFrame(
        [(a, b, 50, 40, 12, 2.5, 0.15, 7.1, 3.3, 14.0, 1e-6) for a, b in combinations(names, 2)],
        columns=["a", "b", "n_a", "n_b", "both", "expected", "jaccard", "odds_ratio", "low", "high", "pvalue"],
    )
    sizes = {name: 50 - 2 * i for i, name in enumerate(names)}
    return tuple(
        GeneSets(kind, way, sizes, 3000, table, pairs) for kind in ("called", "measured") for way in ("up", "down")
    )


def _differences(content: CompareContent, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for direction in ("up", "down"):
        able = [info.name for info in content.models if direction in info.classes]
        for a, b in combinations(able, 2):
            one, two = (evidence(content, direction, name) for name in (a, b))
            order = [place for place in np.argsort(one - two) if np.isfinite(one[place] - two[place])]
            for place in (*order[-2:], *order[:2]):
                gap = float(one[place] - two[place])
                parts = rng.dirichlet(np.ones(len(KINDS))) * gap
                gene = content.genes.iloc[place]
                rows.append(
                    {
                        **{
                            "a": a,
                            "b": b,
                            "direction": direction,
                            "gene_id": gene["gene_id"],
                            "symbol": gene["symbol"],
                        },
                        **{"higher_in": a if gap > 0 else b, "difference": gap},
                        **{f"p_{end}": gene[f"p_{direction}:{name}"] for end, name in (("a", a), ("b", b))},
                        **{
                            "evidence_a": one[place],
                            "evidence_b": two[place],
                            "measured_a": "up",
                            "measured_b": "down",
                        },
                        **{"promoter_a": "open", "marks_a": "MCF-7 H3K27ac", "ntpm_a": 3.2},
                        **{"promoter_b": "closed", "marks_b": "", "ntpm_b": np.nan},
                        **{f"why:{kind}": part for kind, part in zip(KINDS, parts, strict=True)},
                    }
                )
    return pd.DataFrame(rows)


def _transfer(content: CompareContent) -> pd.DataFrame:
    auroc = content.transfer.assign(metric="auroc", prevalence=0.15)
    auroc["suspect"] = (auroc["model"] != auroc["labels"]) & (auroc["value"] > 0.6)
    auroc["covariates"] = auroc["value"] - 0.02
    auroc["over_covariates"] = 0.02
    auroc["over_covariates_low"], auroc["over_covariates_high"] = 0.01, 0.03
    mean = auroc[auroc["model"] == auroc["model"].iloc[0]].assign(model="mean response elsewhere", suspect=False)
    mean[["covariates", "over_covariates", "over_covariates_low", "over_covariates_high"]] = np.nan
    auroc = pd.concat([auroc, mean], ignore_index=True)
    auroc = auroc.assign(
        elsewhere=0.6, over_elsewhere=0.1, over_elsewhere_low=0.05, over_elsewhere_high=0.15, n_elsewhere=900
    )
    auprc = auroc.assign(metric="auprc", value=auroc["value"] - 0.3, suspect=False)
    return pd.concat([auroc, auprc], ignore_index=True)
