"""Example models and a scored gene list, shaped like those of the workflows; the numbers are drawn, not measured."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rarml.report.content import ModelInfo, ScoreContent

SYMBOLS = [
    "CYP26A1", "DHRS3", "RARB", "CYP26B1", "HOXA1", "HOXB1", "STRA6", "RBP1", "CRABP2", "TGM2",
    "CEBPE", "CD38", "RARA", "RET", "NTRK2", "MEIS1", "MEIS2", "PBX1", "GAPDH", "ACTB",
    "MYCN", "SOX2", "POU5F1", "NANOG", "PAX6", "EGR1", "FOXA1", "GATA3", "ESR1", "CCND1",
]  # fmt: skip


def model_infos(n: int = 4) -> tuple[ModelInfo, ...]:
    share = {"up": 0.14, "down": 0.09, "unresponsive": 0.77}
    every = (
        ModelInfo(
            "sh-sy5y",
            "SH-SY5Y neuroblastoma",
            "Retinoic-acid differentiation of SH-SY5Y cells; late, mostly indirect responses.",
            prevalence=share,
            stand_in=("SH-SY5Y",),
            chromatin=("SK-N-SH",),
            context_note="chromatin is that of SK-N-SH, the parent line of SH-SY5Y",
            dose="10 µM ATRA",
            time="5 days",
            source="Pezzini 2017, 10.1007/s10571-016-0403-y",
            performance="Held-out AUROC 0.78 [0.76 to 0.80] for responsive against unresponsive genes; "
            "covariates alone reach 0.75 (gain +0.03 [+0.02 to +0.04]).",
        ),
        ModelInfo("mcf7", "MCF-7 breast carcinoma", prevalence=share, stand_in=("MCF-7",), chromatin=("MCF-7",)),
        ModelInfo("organoid", "Neural organoid", prevalence=share, stand_in=("H9",), context_note="H9 cells stand in"),
        ModelInfo(
            "nb4",
            "NB4 promyelocytic leukaemia",
            experimental=True,
            positive_unlabelled=True,
            classes=("up", "unresponsive"),
            prevalence={"up": 0.05, "unresponsive": 0.95},
            stand_in=("HL-60",),
        ),
    )
    return every[:n]


def score_content(n_genes: int = 28, n_models: int = 4, seed: int = 0) -> ScoreContent:
    rng = np.random.default_rng(seed)
    symbols = [*SYMBOLS, *(f"GENE{i}" for i in range(n_genes))][:n_genes]
    ids = [f"ENSG{i:011d}" for i in range(n_genes)]
    parts = []
    sites = _sites(rng, ids)
    best = sites.sort_values("pvalue", kind="stable").drop_duplicates("gene_id").set_index("gene_id")
    best = best[["type", "pvalue", "chrom", "start", "end", "strand", "tss_distance"]].add_prefix("rare_")
    best["rare_count"] = sites.groupby("gene_id").size()
    for info in model_infos(n_models):
        table = pd.DataFrame({"query": symbols, "gene_id": ids, "symbol": symbols, "mapping": "mapped", "note": ""})
        table["model"] = info.name
        strength = np.sort(rng.beta(0.6, 1.4, n_genes))[::-1]
        up = strength * rng.uniform(0.1, 1, n_genes) if "down" in info.classes else strength
        proba = {"up": up, "down": strength - up, "unresponsive": 1 - strength}
        shift = rng.normal(0, 0.08, n_genes)
        for name in info.classes:
            half = rng.uniform(0.02, 0.15, n_genes)
            table[f"p_{name}"] = proba[name]
            table[f"p_{name}_low"] = np.clip(proba[name] - half, 0, 1)
            table[f"p_{name}_high"] = np.clip(proba[name] + half, 0, 1)
            table[f"covariates_{name}"] = np.clip(proba[name] + (shift if name == "unresponsive" else -shift / 2), 0, 1)
        table["gain"] = table["covariates_unresponsive"] - table["p_unresponsive"]
        table = table.round(4)  # as the predictions of a bundle are
        table["rank"] = np.floor(1 + (1 - strength) * 9800)
        table["rank_of"] = 9821
        table["flags"] = rng.choice(["", "", "", "out of domain", "low expression; no sequence"], n_genes)
        table["call"] = [_call(row, info) for row in table.to_dict(orient="records")]
        table["measured"] = rng.choice(["up", "down", "unresponsive", "ambiguous", "untested"], n_genes)
        table = pd.concat([table, _unmapped(info.name)], ignore_index=True)
        parts.append(table.join(best, on="gene_id"))
    return ScoreContent(
        table=pd.concat(parts, ignore_index=True),
        sites=sites,
        models=model_infos(n_models),
        call_rule="candidate up/down: the lower end of the interval lies above the class's share among training genes",
        provenance={"rarml": "0.1.0", "atlas": "sha256:12ab34cd"},
    )


def _call(row: dict, info: ModelInfo) -> str:
    above = [n for n in ("up", "down") if n in info.classes and row[f"p_{n}_low"] > info.prevalence[n]]
    likely = sorted((n for n in above if row[f"p_{n}"] > 0.25), key=lambda n: -row[f"p_{n}"])
    if likely:
        return "candidate, direction unclear" if len(above) == 2 else f"candidate {likely[0]}"
    if "low expression" in row["flags"]:
        return "not judged"
    return "unlikely" if row["p_unresponsive"] > 0.85 else "uncertain"


def _unmapped(model: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "query": ["1-Mar", "FOOBAR"],
            "gene_id": [None, None],
            "symbol": [None, None],
            "mapping": ["unmapped", "unmapped"],
            "note": ["looks like a date made by a spreadsheet; MARCHF1 or MTARC1?", "no gene of this name"],
            "model": model,
        }
    )


def _sites(rng: np.random.Generator, ids: list[str]) -> pd.DataFrame:
    gene = rng.choice(ids, 8 * len(ids))
    n = len(gene)
    start = rng.integers(1_000_000, 90_000_000, n)
    return pd.DataFrame(
        {
            "gene_id": gene,
            "chrom": "chr10",
            "start": start,
            "end": start + 17,
            "strand": rng.choice(["+", "-", "."], n),
            "type": rng.choice(["DR5", "DR2", "DR1", "IR0", "ER8"], n),
            "left": "AGTTCA",
            "spacer": "CCAGC",
            "right": "AGTTCA",
            "mismatches": rng.integers(0, 3, n),
            "score": rng.uniform(8, 20, n),
            "pvalue": 10 ** rng.uniform(-7.5, -4, n),
            "tss_distance": rng.integers(-1000, 1000, n),
            "in_open_chromatin": rng.choice([True, False], n),
        }
    )
