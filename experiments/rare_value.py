"""What RARE calls say of the response: predictive value before and after the RARE engine, and enrichment per type.

    python experiments/rare_value.py [--reference build/reference-hg38] [--seeds 5]

"Before": counts of the consensus RGKTCA as DR1, DR2, DR5 and of lone half-sites in the primary promoter (a regular
expression, both strands). "After": the RARE block of the atlas (graded scores, exact p-values, all promoters). Both
alone, and on top of the covariates; on grouped folds, and within pairs of responsive and unresponsive genes matched on
expression, GC and CpG. Enrichment: each type in up and in down genes against matched unresponsive genes. Needs a built
reference for the regular expression. Writes results/rare_value.json and .md.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np
import pandas as pd
from common import REPO, RESULTS, held_out_by_trees
from held_out import SEED, atlas, cell_data, kept

from rarml.core.files import write_json, write_text
from rarml.core.seeds import child_seed
from rarml.evaluation.matching import matched_pairs, within_pairs_auroc
from rarml.evaluation.summary import evaluate
from rarml.features.selection import select_columns
from rarml.reference.bases import decode
from rarml.reference.store import Reference
from rarml.workflows.enrichment import enrichment

CELLS = ("mcf-7", "sh-sy5y", "neural-organoid", "nb4")
HALF, REVERSE = "[AG]G[GT]TCA", "TGA[AC]C[CT]"
SPACINGS = {"DR1": 1, "DR2": 2, "DR5": 5}
MATCHED_ON = ("expression:mean", "composition:gc", "composition:cpg_oe")
TYPES = ("DR0", "DR1", "DR2", "DR3", "DR4", "DR5", "DR8", "IR0", "ER8")


def consensus_counts(reference: Reference) -> pd.DataFrame:
    """Counts of consensus elements in the primary promoter per gene; NaN without sequence."""
    if reference.sequences is None:
        raise SystemExit("the reference has no sequence")
    primary = reference.promoters.index[reference.promoters["is_primary"].to_numpy()]
    patterns = {
        name: re.compile(f"(?=({HALF}.{{{n}}}{HALF}|{REVERSE}.{{{n}}}{REVERSE}))") for name, n in SPACINGS.items()
    }
    patterns["half_sites"] = re.compile(f"(?=({HALF}|{REVERSE}))")
    rows = {}
    for start in range(0, len(primary), 2000):
        chunk = primary[start : start + 2000]
        for promoter, codes in zip(chunk, reference.sequences.codes(np.asarray(chunk)), strict=True):
            text = decode(codes)
            known = len(text) - text.count("N") > len(text) / 2
            counts = [len(p.findall(text)) if known else np.nan for p in patterns.values()]
            rows[reference.promoters["gene_id"].iloc[promoter]] = counts
    columns = [f"rare:consensus:{name}" for name in patterns]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=np.float32)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, default=REPO / "build" / "reference-hg38")
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    before = consensus_counts(Reference.open(arguments.reference)).reindex(atlas().features.index)
    value, enriched = [], []
    for cell in CELLS:
        data, settings = cell_data(cell)
        status, groups = data.status, data.groups
        sets = feature_sets(list(before.columns), settings.context.stand_in)
        features = pd.concat([atlas().features, before], axis=1).loc[status.index]
        held_out = {name: held_out_by_set(cell, name, features[own], arguments.seeds) for name, own in sets.items()}
        for name in held_out:
            alone = not name.startswith("covariates")
            against = held_out["before: consensus counts" if alone else "covariates"]
            found = evaluate(held_out[name], against, status, groups.loc[status.index], seed=SEED)
            for row in found[found["metric"] == "auroc"].to_dict(orient="records"):
                value.append({"cell": cell, "features": name, "against": "before" if alone else "covariates", **row})
        value += within_pairs(cell, status, atlas().features, held_out, groups)
        enriched += enrichment_rows(cell, status, atlas().features)
    write_json(RESULTS / "rare_value.json", {"value": _plain(value), "enrichment": _plain(enriched)})
    write_text(RESULTS / "rare_value.md", markdown(pd.DataFrame(value), pd.DataFrame(enriched), arguments.seeds))
    print(f"wrote {RESULTS / 'rare_value.md'}")


def feature_sets(before: list[str], stand_in: tuple[str, ...]) -> dict[str, list[str]]:
    """Columns by name of the set."""
    columns = list(atlas().features.columns)
    rare = select_columns(columns, ("rare",))
    covariates = select_columns(columns, ("expression", "composition"), stand_in=stand_in)
    return {
        "before: consensus counts": before,
        "after: RARE block": rare,
        "covariates": covariates,
        "covariates + before": [*covariates, *before],
        "covariates + after": [*covariates, *rare],
    }


def held_out_by_set(cell: str, name: str, features: pd.DataFrame, seeds: int) -> pd.DataFrame:
    """Held-out probabilities, the mean over seeds, of trees that read one set of columns."""
    data, settings = cell_data(cell)

    def fit(k: int) -> pd.DataFrame:
        seed = child_seed(SEED, "rare value", k)
        return held_out_by_trees(features, data.status, data.folds, settings.model, seed=seed, groups=data.groups)

    print(f"{cell}: {name}", flush=True)
    return kept("rare", cell, atlas().digest).mean_of(name, seeds, fit)


def within_pairs(
    cell: str, status: pd.Series, features: pd.DataFrame, held_out: dict[str, pd.DataFrame], groups: pd.Series
) -> list[dict[str, object]]:
    """AUROC within pairs of an up (or down) and an unresponsive gene matched on the covariates."""
    rows: list[dict[str, object]] = []
    covariates = features.loc[status.index, list(MATCHED_ON)].rank(pct=True)
    for direction in (name for name in ("up", "down") if (status == name).any()):
        used = status.index[status.isin([direction, "unresponsive"])]
        pairs = matched_pairs(covariates.loc[used], status[used] == direction)
        for name, proba in held_out.items():
            own = proba.loc[used]
            score = own[f"p_{direction}"] / (own[f"p_{direction}"] + own["p_unresponsive"])
            found = within_pairs_auroc(score, pairs, groups.loc[used], n_bootstrap=1000, seed=SEED)
            rows.append(
                {
                    "cell": cell,
                    "features": name,
                    "task": f"{direction} v unresponsive, matched pairs",
                    "value": found.value,
                    "low": found.low,
                    "high": found.high,
                    "n_positive": int(pairs["control"].notna().sum()),
                }
            )
    return rows


def enrichment_rows(cell: str, status: pd.Series, features: pd.DataFrame) -> list[dict[str, object]]:
    """Odds ratio of each type in up and in down genes against matched unresponsive genes, at two stringencies."""
    rows: list[dict[str, object]] = []
    flat = list(status.index[status == "unresponsive"])
    for direction in (name for name in ("up", "down") if (status == name).any()):
        genes = list(status.index[status == direction])
        per_gene = max(1, min(3, len(flat) // (2 * len(genes))))
        for feature in ("n_1e-4", "n_1e-5"):
            found = enrichment(features, genes, candidates=flat, feature=feature, per_gene=per_gene, seed=SEED)
            rows += [
                {"cell": cell, "direction": direction, "sites": feature, **row}
                for row in found.table.to_dict(orient="records")
            ]
    return rows


def markdown(value: pd.DataFrame, enriched: pd.DataFrame, seeds: int) -> str:
    """Two tables of value (grouped folds, matched pairs) and the enrichment of the main types."""
    lines = [
        "# What RARE calls say of the response",
        "",
        f"Held-out whole chromosomes, mean of {seeds} seeds, AUROC with 95 % cluster-bootstrap intervals. Before: "
        "consensus counts in the primary promoter; after: the RARE block. Made by `python experiments/rare_value.py`.",
    ]
    for matched in (False, True):
        part = value[value["task"].str.contains("matched") == matched]
        lines += ["", "## Within covariate-matched pairs" if matched else "## On grouped folds", ""]
        names = list(dict.fromkeys(part["features"]))
        lines += ["| cells | task | " + " | ".join(names) + " |", "|---|---|" + "---|" * len(names)]
        for (cell, task), rows in part.groupby(["cell", "task"], sort=False):
            own = rows.set_index("features")
            shown = [f"{r['value']:.3f} [{r['low']:.3f}, {r['high']:.3f}]" for _, r in own.loc[names].iterrows()]
            lines.append(f"| {cell} | {task} | " + " | ".join(shown) + " |")
    lines += [
        "",
        "## Enrichment against matched unresponsive genes",
        "",
        "Odds ratio with exact 95 % interval; q by Benjamini-Hochberg over all types of one comparison. Sites at "
        "p < 1e-5; both stringencies and all types are in the JSON file.",
        "",
        "| cells | genes | " + " | ".join(TYPES) + " |",
        "|---|---|" + "---|" * len(TYPES),
    ]
    strict = enriched[enriched["sites"] == "n_1e-5"]
    for (cell, direction), rows in strict.groupby(["cell", "direction"], sort=False):
        own = rows.set_index("type")
        shown = [_odds(own.loc[name]) if name in own.index else "–" for name in TYPES]
        lines.append(f"| {cell} | {direction} ({int(own['n'].iloc[0])}) | " + " | ".join(shown) + " |")
    return "\n".join(lines) + "\n"


def _odds(row: pd.Series) -> str:
    text = f"{row['odds_ratio']:.2f} [{row['low']:.2f}, {row['high']:.2f}] q={row['qvalue']:.2g}"
    return f"**{text}**" if row["qvalue"] < 0.05 else text


def _plain(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Numbers rounded to 5 digits, what JSON cannot hold as None."""
    return [{key: _number(item) for key, item in row.items()} for row in rows]


def _number(item: object) -> object:
    if isinstance(item, str):
        return item
    number = float(item)  # type: ignore[arg-type]
    return round(number, 5) if np.isfinite(number) else None


if __name__ == "__main__":
    main()
