"""Counts to labels against the tables of differential expression that came with the same data.

    python experiments/from_counts.py

SH-SY5Y: the raw counts beside the limma-voom table (Degust). MCF-7: the counts of GSE152749 against the DESeq2-style
table of each dose (3 v 3 at one plating density, one fit for the three doses), and all doses joined against vehicle at
three densities with density taken out. Everything goes the way of `rarml train --counts`. Genes of the chromosomes
whose labels are withheld are taken out of the counts before anything is compared. Tables that were made before are kept
in build/from_counts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from rarml.bundle.registry import shipped_atlas
from rarml.core.files import write_json, write_text
from rarml.features.atlas import Atlas, load_atlas
from rarml.labels.cells import read_cells
from rarml.labels.count_spec import CountSpec
from rarml.labels.from_counts import compare_counts, table_text
from rarml.labels.spec import LabelSpec
from rarml.labels.table import LabelTable, load_labels
from rarml.training.groups import gene_groups

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "from_counts"
WITHHELD = ("chr4", "chr8", "chr16")
RESAMPLES = 300
CLASSES = ("up", "down", "unresponsive")
DOSES = ("50 nM retinoic acid", "200 nM retinoic acid", "400 nM retinoic acid")
MCF7 = {"counts": "mcf-7_ra_72h_counts.tsv.gz", "design": "mcf-7_ra_72h_samples.tsv"}
SHSY5Y = "sh-sy5y_ra_differentiation_degust.csv"
FLOORS = {"sign": 0.99, "log2fc": 0.97, "significance": 0.97}
"""What a test holds every one-to-one comparison to."""


def main() -> None:
    """Compare and write results/from_counts.json and .md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", help="Only these comparisons, by name.")
    only = parser.parse_args().only
    data = Path(os.environ.get("RARML_DATA", HERE.parents[1] / "shared" / "data")) / "labels"
    atlas = load_atlas(shipped_atlas(), columns=[])
    result: dict[str, Any] = {"withheld": {}, "comparisons": [], "floors": FLOORS, "resamples": RESAMPLES}
    for name, (spec, tables) in comparisons(data, BUILD, atlas, result["withheld"]).items():
        if only and name not in only:
            continue
        made, record = cached(spec, BUILD / name)
        for level, (given, note) in tables.items():
            ours = load_labels(LabelSpec(files=(str(made[level]),)), atlas.names)
            theirs = load_labels(given, atlas.names)
            row = agreement(ours, theirs, atlas)
            about = {"data": name, "contrast": f"{level} v {record['reference']}", "given": note}
            samples = {key: len(names) for key, names in record["samples"].items()}
            result["comparisons"].append({**about, "design": record["formula"], "samples": samples, **row})
            print(json.dumps({**about, **{k: row[k] for k in ("sign", "log2fc", "significance")}}), flush=True)
        result["pydeseq2"] = record["pydeseq2"]
    write_json(HERE / "results" / "from_counts.json", result)
    write_text(HERE / "results" / "from_counts.md", report(result))


def comparisons(
    data: Path, build: Path, atlas: Atlas, withheld: dict[str, int]
) -> dict[str, tuple[CountSpec, dict[str, tuple[LabelSpec, str]]]]:
    """What is compared: name -> counts, and per treated condition the given table; withheld genes are counted."""
    build.mkdir(parents=True, exist_ok=True)
    mcf7 = build / "mcf-7_counts.tsv"
    shsy5y = build / "sh-sy5y_counts.tsv"
    withheld["MCF-7"] = without_withheld(data / MCF7["counts"], "GeneID", None, mcf7, atlas)
    runs = [
        f"SRR31339{n}_{kind}_rep{1 + i % 3}"
        for i, (n, kind) in enumerate(zip(range(25, 31), ["nodiff"] * 3 + ["diff"] * 3, strict=True))
    ]
    withheld["SH-SY5Y"] = without_withheld(data / SHSY5Y, "Gene.ID", runs, shsy5y, atlas)
    sheet = build / "sh-sy5y_samples.tsv"
    kinds = ["\t".join([run, "undifferentiated" if "nodiff" in run else "retinoic acid"]) for run in runs]
    sheet.write_text("\n".join(["sample\tcondition", *kinds]) + "\n")
    design = str(data / MCF7["design"])
    doses = CountSpec(
        matrix=str(mcf7), design=design, condition="dose", reference="0", treated=DOSES,
        subset={"density": ("100%",), "condition": ("vehicle", "retinoic_acid")},
    )  # fmt: skip
    joint = CountSpec(matrix=str(mcf7), design=design, treated=("retinoic_acid",), factors=("density",))
    files = {dose: str(data / f"mcf-7_ra_{dose.split()[0]}nM_72h_deseq2.csv") for dose in DOSES}
    return {
        "SH-SY5Y": (
            CountSpec(matrix=str(shsy5y), design=str(sheet), treated=("retinoic acid",)),
            {"retinoic acid": (LabelSpec(files=(str(data / SHSY5Y),)), "limma-voom (Degust)")},
        ),
        "MCF-7": (doses, {dose: (LabelSpec(files=(file,)), "DESeq2 style, 3 v 3") for dose, file in files.items()}),
        "MCF-7, all doses": (
            joint,
            {"retinoic_acid": (LabelSpec(files=tuple(files.values())), "DESeq2 style, at least 2 of 3 doses")},
        ),
    }


def without_withheld(source: Path, gene: str, samples: list[str] | None, out: Path, atlas: Atlas) -> int:
    """Write the counts of genes that are not on a withheld chromosome; the number of genes left out."""
    cells = read_cells(source)
    ids = cells.column(gene)
    placed = atlas.names.resolve(ids)["gene_id"]
    chromosome = placed.map(atlas.genes["chrom"])
    kept = ~chromosome.isin(WITHHELD).to_numpy()
    columns = samples if samples is not None else [name for name in cells.header if name != gene]
    places = [cells.header.index(name) for name in (gene, *columns)]
    lines = ["\t".join(["gene", *columns])]
    lines += ["\t".join([row[at] for at in places]) for row, keep in zip(cells.rows, kept, strict=True) if keep]
    out.write_text("\n".join(lines) + "\n")
    return int((~kept).sum())


def cached(spec: CountSpec, folder: Path) -> tuple[dict[str, Path], dict[str, Any]]:
    """The tables of a comparison as files, made once, and the record of what was compared."""
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "record.json"
    files = {level: folder / f"{number}.tsv.gz" for number, level in enumerate(spec.treated)}
    if not record.exists():
        found = compare_counts(spec)
        for level, file in files.items():
            file.write_bytes(gzip.compress(table_text(found.tables[level]).encode(), mtime=0))
        write_json(record, found.record)
    return files, json.loads(record.read_text())


def agreement(ours: LabelTable, theirs: LabelTable, atlas: Atlas) -> dict[str, Any]:
    """How far two called tables agree on the genes that both tested.

    ``sign``: of the genes significant in the given table (adjusted p below 0.05), the share with a change of the same
    sign; ``log2fc``, ``significance``: Spearman correlations of the fold change and of signed -log10 adjusted p, all
    genes tested in both; each with a 95 % interval of a bootstrap over groups of related genes.
    """
    both = ours.table.add_suffix("_ours").join(theirs.table.add_suffix("_theirs"), how="inner")
    tested = both[both["padj_ours"].notna() & both["padj_theirs"].notna()]
    numbers = {
        side: np.sign(tested[f"log2fc_{side}"]) * -np.log10(tested[f"padj_{side}"].clip(lower=1e-300))
        for side in ("ours", "theirs")
    }
    frame = pd.DataFrame(
        {
            "l1": tested["log2fc_ours"], "l2": tested["log2fc_theirs"], "s1": numbers["ours"], "s2": numbers["theirs"],
            "significant": tested["padj_theirs"] < 0.05,
        }
    ).dropna()  # fmt: skip
    groups = gene_groups(atlas.genes).reindex(frame.index).to_numpy()
    table = pd.crosstab(both["status_ours"], both["status_theirs"])
    counts = {
        a: {b: int(table.loc[a, b]) if a in table.index and b in table.columns else 0 for b in _ALL} for a in _ALL
    }
    classes = {}
    for name in CLASSES:
        mine, given = (
            set(ours.table.index[ours.table["status"] == name]),
            set(theirs.table.index[theirs.table["status"] == name]),
        )
        shared = len(mine & given)
        classes[name] = {
            "from_counts": len(mine), "given": len(given), "shared": shared,
            "jaccard": round(shared / max(1, len(mine | given)), 4),
        }  # fmt: skip
    return {
        "genes": len(frame),
        **_intervals(frame, groups),
        "classes": classes,
        "contradicted": counts["up"]["down"] + counts["down"]["up"],
        "statuses": counts,
    }


_ALL = ("up", "down", "unresponsive", "ambiguous", "untested")


_MEASURES = ("sign", "log2fc", "significance")


def _measures(values: np.ndarray) -> np.ndarray:
    """`_MEASURES` (Spearman: Pearson of ranks) of rows l1, l2, s1, s2, significant."""
    chosen = values[values[:, 4] > 0]
    same = (np.sign(chosen[:, 0]) == np.sign(chosen[:, 1])).mean()
    found = np.corrcoef(rankdata(values[:, :4], axis=0), rowvar=False)
    return np.array([same, found[0, 1], found[2, 3]])


def _intervals(frame: pd.DataFrame, groups: np.ndarray) -> dict[str, dict[str, float]]:
    """Values, and 95 % percentile intervals; whole groups of related genes are drawn."""
    rng = np.random.default_rng(2026)
    _, codes = np.unique(groups, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(codes.max() + 2))
    members = [order[a:b] for a, b in pairwise(starts)]
    values = frame.to_numpy(np.float64)
    drawn = []
    for _ in range(RESAMPLES):
        rows = np.concatenate([members[g] for g in rng.integers(0, len(members), len(members))])
        drawn.append(_measures(values[rows]))
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    exact = _measures(values)
    return {
        name: {"value": round(float(exact[n]), 4), "low": round(float(low[n]), 4), "high": round(float(high[n]), 4)}
        for n, name in enumerate(_MEASURES)
    }


def report(result: dict[str, Any]) -> str:
    """The results as Markdown."""
    left = "; ".join(f"{name} {n}" for name, n in result["withheld"].items())
    lines = [
        "# From counts to labels: agreement with the tables that came with the data",
        "",
        f"From `experiments/from_counts.py`, PyDESeq2 {result['pydeseq2']}. Genes of {', '.join(WITHHELD)} that the "
        f"counts name were taken out before anything was compared ({left}). Sign: of the genes significant in the "
        "given table (adjusted p < 0.05), the share that changes the same way. Spearman correlations over all genes "
        "that both tables test: of log2 fold change, and of signed −log10 adjusted p. 95 % intervals: "
        f"{result['resamples']} bootstrap draws of groups of related genes.",
        "",
        "| data | contrast | design | given table | genes | sign | log2 fold change | signed significance |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in result["comparisons"]:
        shown = [f"{row[k]['value']:.3f} [{row[k]['low']:.3f}, {row[k]['high']:.3f}]" for k in _MEASURES]
        sizes = " v ".join(str(n) for n in list(row["samples"].values())[::-1])
        lines.append(
            f"| {row['data']} | {row['contrast']} ({sizes}) | `{row['design']}` | {row['given']} | {row['genes']:,} | "
            + " | ".join(shown) + " |"
        )  # fmt: skip
    lines += ["", "Genes called by the default rule, from counts and from the given table:", ""]
    lines += [
        "| data | contrast | class | from counts | given | both | Jaccard | up in one, down in the other |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in result["comparisons"]:
        for name, found in row["classes"].items():
            lines.append(
                f"| {row['data']} | {row['contrast']} | {name} | {found['from_counts']:,} | {found['given']:,} | "
                f"{found['shared']:,} | {found['jaccard']:.2f} | {row['contradicted'] if name == 'up' else ''} |"
            )
    lines += [
        "",
        "Where classes differ, a gene mostly is ambiguous in one table: thresholds on fold change and adjusted p cut "
        "at slightly different values, and limma-voom, DESeq2 and PyDESeq2 filter lowly expressed genes differently. "
        "In the fit of the three MCF-7 doses all twelve samples share one dispersion per gene, where the given tables "
        "were made from six samples each.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
