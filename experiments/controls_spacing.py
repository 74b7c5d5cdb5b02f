"""Controls of spacing: the same half-sites as in DR1, DR2 and DR5, at spacings that RAR is not known to bind.

One promoter per gene. "Canonical" columns describe DR1, DR2 and DR5; "control" columns the same half-site models at
three other spacings, drawn anew for each seed (`rarml.features.shuffles.shuffle_spacers`). Enrichment compares every
type at one stringency with genes matched on expression and base content.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from controls_common import MATCHED_ON, SEED, Row, held_out_trees, judge, kept_answers, kept_features
from controls_sequence import codes_of, one_promoter
from held_out import cell_data

from rarml.core.parallel import thread_count
from rarml.core.seeds import child_seed
from rarml.evaluation.matching import matched_pairs, within_pairs_auroc
from rarml.features.best_pairs import best_pairs
from rarml.features.calls import PairScanner
from rarml.features.elements import compositions
from rarml.features.half_sites import HEXAMER
from rarml.features.matrices import SCALE
from rarml.features.shuffles import CONTROL_SPACERS, RespacedPair, shuffle_spacers
from rarml.features.spacing import CLASSICAL, PairType, pair_types, parse_types
from rarml.reference.bases import Codes
from rarml.workflows.enrichment import enrichment

SOFT, WEAK, STRICT = 1e-3, 1e-4, 1e-5
STRINGENCIES = ("n_1e-4", "n_1e-5")
BOUND_ELSEWHERE = ("DR0", "DR8", "IR0", "ER8")
"""Types that RAR binds in embryonic cells (Moutier 2012): neither canonical nor a control."""


def type_features(codes: Codes, types: tuple[PairType, ...], only: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Best score, counts at two stringencies, soft count and place of the best pair, for the types in `only`."""
    scanner = PairScanner(types, max_pvalue=SOFT)
    calls = scanner.scan(codes, threads=thread_count())
    simple = compositions(calls) == ""  # a pair that spans a third half-site is another element
    best = best_pairs(codes, types, threads=thread_count())
    columns = {}
    for number, pair in enumerate(types):
        if pair.name not in only:
            continue
        of_type = (calls.type_index == number) & simple
        excess = (calls.score - float(scanner.distributions[number].threshold(WEAK))) / SCALE
        for name, chosen, weight in (
            ("n_1e-4", of_type & (calls.pvalue <= WEAK), None),
            ("n_1e-5", of_type & (calls.pvalue <= STRICT), None),
            ("soft", of_type, np.exp2(excess)),
        ):
            weights = None if weight is None else weight[chosen]
            total = np.bincount(calls.row[chosen], weights=weights, minlength=len(codes))
            columns[f"rare:{pair.name}:{name}"] = np.log2(1 + total) if name == "soft" else total
        found = best.found[:, number]
        columns[f"rare:{pair.name}:best"] = np.where(found, best.score[:, number] / SCALE, np.nan)
        columns[f"rare:{pair.name}:distance"] = np.where(found, best.start[:, number], np.nan)
    return columns


def spacing_features(path: Path) -> pd.DataFrame:
    """All types with their own half-sites, and the half-sites of DR1 at the control spacings."""

    def make() -> pd.DataFrame:
        reference = one_promoter(path)
        codes = codes_of(reference, None)
        generic = pair_types()
        columns = type_features(codes, generic, tuple(pair.name for pair in generic))
        # a scan tells types apart by spacing, so the small ones, which hold no third half-site, have one of their own
        near, far = (
            tuple(RespacedPair("DR", n, model=PairType("DR", 1)) for n in CONTROL_SPACERS if (n < HEXAMER) == small)
            for small in (True, False)
        )
        inner = tuple(PairType("DR", n) for n in range(HEXAMER - 1))
        for types, chosen in ((near, near), ((*inner, *far), far)):
            columns |= type_features(codes, types, tuple(pair.name for pair in chosen))
        return pd.DataFrame(columns, index=pd.Index(reference.promoters["gene_id"]), dtype=np.float32)

    return kept_features("spacing", make)


def columns_for(features: pd.DataFrame, types: tuple[PairType, ...]) -> list[str]:
    """Columns of some types; the half-sites of DR2 and DR5 are the generic ones, so 'DR5@7' is the column DR7."""
    names = [
        f"DR{pair.spacer}" if isinstance(pair, RespacedPair) and pair.model.name != "DR1" else pair.name
        for pair in types
    ]
    return [name for name in features.columns if name.split(":")[1] in names]


def spacing_controls(cell: str, path: Path, seeds: int) -> tuple[list[Row], list[Row]]:
    """AUROC of canonical and of respaced columns, alone and with the covariates; the second list within pairs."""
    data, settings = cell_data(cell)
    features = spacing_features(path)
    genes = data.status.index.intersection(features.index)
    features = features.loc[genes]
    covariates = data.features.loc[genes, data.baseline_columns]
    classical = parse_types(CLASSICAL)
    held_out: dict[str, list[pd.DataFrame]] = {}
    for k in range(seeds):
        sets = {
            "DR1/2/5": features[columns_for(features, classical)],
            "same half-sites, other spacings": features[
                columns_for(features, shuffle_spacers(classical, seed=child_seed(SEED, "spacers", k)))
            ],
        }
        sets |= {f"covariates + {name}": pd.concat([covariates, block], axis=1) for name, block in sets.items()}
        for name, part in {"covariates": covariates, **sets}.items():
            fit = lambda part=part, k=k: held_out_trees(part, data, settings, seed=child_seed(SEED, k))  # noqa: E731
            held_out.setdefault(name, []).append(kept_answers("spacing", cell).of_seed(name, k, fit))
    real, control = list(sets)[:2]
    pairs = [(real, control), (control, ""), (f"covariates + {real}", f"covariates + {control}")]
    pairs += [(f"covariates + {real}", "covariates"), (f"covariates + {control}", "covariates")]
    print(f"{cell}: spacing controls", flush=True)
    return judge(held_out, data, pairs, cell=cell), within_pairs(cell, held_out, real, control)


def within_pairs(cell: str, held_out: dict[str, list[pd.DataFrame]], real: str, control: str) -> list[Row]:
    """AUROC within pairs matched on the covariates, canonical and respaced, and the paired difference.

    Probabilities are averaged over the seeds; that favours the control, whose seeds see different spacings.
    """
    data, _ = cell_data(cell)
    genes = held_out[real][0].index
    ranks = data.features.loc[genes, list(MATCHED_ON)].rank(pct=True)
    status = data.status.loc[genes]
    rows = []
    for direction in (name for name in ("up", "down") if (status == name).any()):
        used = status.index[status.isin([direction, "unresponsive"])]
        pairs = matched_pairs(ranks.loc[used], status[used] == direction)
        score = {}
        for name in (real, control):
            proba = sum(held_out[name]) / len(held_out[name])
            own = proba.loc[used]
            score[name] = own[f"p_{direction}"] / (own[f"p_{direction}"] + own["p_unresponsive"])
        groups = data.groups.loc[used]
        found = {name: within_pairs_auroc(own, pairs, groups, seed=SEED) for name, own in score.items()}
        gain = within_pairs_auroc(score[real], pairs, groups, baseline=score[control], seed=SEED)
        for name, one in found.items():
            row: Row = {"cell": cell, "task": f"{direction} v unresponsive", "features": name}
            row |= {"auroc": one.value, "low": one.low, "high": one.high, "pairs": int(pairs["control"].notna().sum())}
            if name == real:
                row |= {"gain": gain.value, "gain_low": gain.low, "gain_high": gain.high}
            rows.append(row)
    return rows


def spacing_enrichment(cell: str, path: Path) -> tuple[list[Row], list[Row]]:
    """Odds ratio of every type in up and down genes v matched unresponsive ones; where DR1, DR2 and DR5 rank.

    The rank of a canonical type is among the same half-sites at control spacings (direct repeats), and among those
    and the inverted and everted repeats that RAR is not known to bind; its p is (1 + controls at least as
    enriched) / (1 + controls), so with six controls it cannot be below 0.14, with all of them not below 0.04.
    """
    data, _ = cell_data(cell)
    found = spacing_features(path)
    features = data.features[list(MATCHED_ON)].join(found, how="inner")
    flat = list(data.status.index[data.status == "unresponsive"].intersection(features.index))
    odds: list[Row] = []
    ranks: list[Row] = []
    for direction in (name for name in ("up", "down") if (data.status == name).any()):
        genes = list(data.status.index[data.status == direction].intersection(features.index))
        per_gene = max(1, min(3, len(flat) // (2 * len(genes))))
        for sites in STRINGENCIES:
            result = enrichment(features, genes, candidates=flat, feature=sites, per_gene=per_gene, seed=SEED)
            by_type = result.table.set_index("type")
            facts: Row = {"cell": cell, "direction": direction, "sites": sites}
            odds += [{**facts, **row} for row in result.table.to_dict(orient="records")]
            for name in CLASSICAL:
                direct = [f"DR1@{n}" if name == "DR1" else f"DR{n}" for n in CONTROL_SPACERS]
                others = [pair.name for pair in pair_types() if pair.palindromic and pair.name not in BOUND_ELSEWHERE]
                own = by_type.loc[name]
                row = {**facts, "type": name, **{k: own[k] for k in ("with_site", "n", "odds_ratio", "low", "high")}}
                for label, names in (("direct", direct), ("all", [*direct, *others])):
                    ratios = by_type.loc[names, "odds_ratio"].replace(np.inf, np.nan).dropna()
                    above = int((ratios >= own["odds_ratio"]).sum())
                    row |= {f"controls_{label}": len(ratios), f"p_{label}": (1 + above) / (1 + len(ratios))}
                    row |= {f"median_{label}": float(ratios.median()), f"max_{label}": float(ratios.max())}
                ranks.append(row)
    return odds, ranks
