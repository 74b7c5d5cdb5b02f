"""Example contents, shaped like those of the workflows; the numbers are drawn, not measured."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from rarml.report.content import CompareContent, Curve, ModelInfo, ScoreContent, TrainContent

SYMBOLS = [
    "CYP26A1", "DHRS3", "RARB", "CYP26B1", "HOXA1", "HOXB1", "STRA6", "RBP1", "CRABP2", "TGM2",
    "CEBPE", "CD38", "RARA", "RET", "NTRK2", "MEIS1", "MEIS2", "PBX1", "GAPDH", "ACTB",
    "MYCN", "SOX2", "POU5F1", "NANOG", "PAX6", "EGR1", "FOXA1", "GATA3", "ESR1", "CCND1",
]  # fmt: skip
CLASSES = ("up", "down", "unresponsive")


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


def compare_content(n_genes: int = 3000, n_models: int = 3, seed: int = 0) -> CompareContent:
    rng = np.random.default_rng(seed)
    infos = model_infos(n_models)
    names = [info.name for info in infos]
    genes = pd.DataFrame({"gene_id": [f"ENSG{i:011d}" for i in range(n_genes)]})
    genes["symbol"] = [*SYMBOLS, *(f"GENE{i}" for i in range(n_genes))][:n_genes]
    shared = rng.normal(-1.5, 1, n_genes)
    groups = ["shared up", "shared down", "opposite", "partly shared", "none", *(f"only in {name}" for name in names)]
    for info in infos:
        genes[f"p_up:{info.name}"] = 1 / (1 + np.exp(-(shared + rng.normal(-0.5, 0.8, n_genes))))
        genes[f"p_down:{info.name}"] = (
            (1 - genes[f"p_up:{info.name}"]) * rng.beta(1, 6, n_genes) if "down" in info.classes else np.nan
        )
        genes[f"call:{info.name}"] = rng.choice(["candidate up", "candidate down", "unlikely", "uncertain"], n_genes)
        genes[f"measured:{info.name}"] = rng.choice(["up", "down", "unresponsive", "untested"], n_genes)
    genes["group"] = rng.choice(groups, n_genes)
    genes["spread"] = rng.uniform(0, 1, n_genes)
    correlations = pd.DataFrame(
        [
            {"a": a, "b": b, "probability": what, "spearman": rng.uniform(0.2, 0.8), "n": n_genes}
            for i, a in enumerate(names)
            for b in names[i + 1 :]
            for what in ("up", "down", "responsive")
        ]
    )
    rows = []
    for model in names:
        for labels in names:
            for task in ("responsive v unresponsive", "up v unresponsive", "up v down"):
                value = rng.uniform(0.7, 0.85) if model == labels else rng.uniform(0.48, 0.72)
                rows.append((model, labels, task, value, value - 0.02, value + 0.02, 6000, 900))
    columns = ["model", "labels", "task", "value", "low", "high", "n", "n_positive"]
    return CompareContent(
        genes, correlations, pd.DataFrame(rows, columns=columns), infos, provenance={"rarml": "0.1.0"}
    )


def train_content(n: int = 4000, seed: int = 0) -> TrainContent:
    rng = np.random.default_rng(seed)
    curves, metrics = [], []
    for task, share in (("responsive v unresponsive", 0.23), ("up v unresponsive", 0.16), ("down v unresponsive", 0.1)):
        score = rng.beta(1.2, 1.2 / share - 1.2, n)
        truth = rng.uniform(size=n) < score
        curves.append(Curve(task, "all blocks", truth, score))
        curves.append(Curve(task, "covariates only", truth, np.clip(score + rng.normal(0, 0.1, n), 0.001, 0.999)))
        for metric, value, base in (("auroc", 0.78, 0.75), ("auprc", 0.41, 0.36), ("brier", 0.12, 0.13)):
            gain = abs(value - base)
            metrics.append((task, metric, value, value - 0.02, value + 0.02, base, gain, gain - 0.01, gain + 0.01, n))
    columns = ["task", "metric", "value", "low", "high", "baseline", "gain", "gain_low", "gain_high", "n"]
    table = pd.DataFrame(metrics, columns=columns).assign(n_positive=int(0.2 * n), prevalence=0.2)
    return TrainContent(
        model=model_infos(1)[0],
        counts={
            "read": 19211, "mapped": 18530, "ambiguous": 120, "unmapped": 561, "duplicated": 14, "untested": 3010,
            "up": 1450, "down": 980, "unresponsive": 8020, "ambiguous_status": 5070, "without_sequence": 911,
            "eligible": 7850, "eligible_up": 1120, "eligible_down": 700, "eligible_unresponsive": 6030,
        },
        metrics=table,
        curves=tuple(curves),
        branches=tuple(
            {
                "branch": name,
                "what": what,
                "task": "up v unresponsive",
                "metric": metric,
                "alone": alone,
                "whole": 0.93,
                "worth": worth,
                "worth_low": worth - 0.004,
                "worth_high": worth + 0.004,
            }
            for metric in ("auroc", "auprc")
            for name, what, alone, worth in (
                ("gradient", "boosted trees", 0.92, 0.021),
                ("sequence", "what encoders read off the bases", 0.78, 0.001),
            )
        ),
        audit=(
            {"check": "no treated track", "verdict": "pass", "found": "None of 40 names speaks of a treatment."},
            {"check": "AUROC is believable", "verdict": "warn", "found": "AUROC 0.985 of the model: look for a leak."},
        ),
        importance={"expression": 0.41, "coexpression": 0.28, "chromatin": 0.18, "composition": 0.09, "rare": 0.04},
        label_rule=("Degust table: log2FC of the column RA", "up: log2FC ≥ 1 and adjusted p ≤ 0.05"),
        eligibility_rule="protein-coding, with promoter sequence, expressed at 1 nTPM or more in the stand-in cells",
        split_rule="5 folds of whole chromosomes; the four HOX chromosomes together",
        blocks={"rare": 120, "composition": 9, "chromatin": 30, "expression": 8, "coexpression": 20},
        notes=("561 names are not in the annotation",),
        limitations=("Five days of treatment: many responses are indirect.",),
        licences={"Human Protein Atlas": "CC BY-SA 4.0", "ENCODE": "free, cite"},
        provenance={"rarml": "0.1.0", "atlas": "sha256:12ab34cd", "seed": "2026"},
    )  # fmt: skip


def evaluation_example() -> dict[str, tuple[dict, ...]]:
    """Rows like those of `rarml.workflows.model_evaluation`, one task each."""
    task = {"task": "up v unresponsive", "n": 6339, "n_positive": 160, "prevalence": 0.025}
    gained = {"gain": 0.03, "gain_low": 0.01, "gain_high": 0.05}
    lost = {"gain": -0.02, "gain_low": -0.06, "gain_high": 0.02}
    reach = {"value": 0.9, "low": 0.88, "high": 0.92}
    pairs = {
        "task": "up v unresponsive",
        "pairs": 110,
        "unmatched": 50,
        "imbalance_before": 1.76,
        "imbalance": 0.04,
        "worst": "GC",
    }
    return {
        "baselines": tuple(
            {**task, "baseline": name, "metric": metric, "model": 0.93, "told_apart": told, **reach, **gained}
            for name, told in (("RARE rule (a DR1, DR2 or DR5)", 150), ("covariates + co-expression panel", 6300))
            for metric in ("auroc", "auprc")
        ),
        "matched": (
            {**pairs, "predictor": "model", "value": 0.7, "low": 0.65, "high": 0.75, **dict.fromkeys(gained)},
            {**pairs, "predictor": "covariates", **reach, **gained},
            {**pairs, "predictor": "covariates + co-expression panel", **reach, **lost},
        ),
        "deciles": (
            {**task, "deciles": "1-2", "from_level": 0.1, "to_level": 2.0, "baseline": 0.87, **reach, **gained},
        ),
        "controls": (
            {
                "control": "permuted labels", "task": "up v unresponsive", "value": 0.51, "low": 0.46, "high": 0.56,
                "grouped": None, "gap": None, "gap_low": None, "gap_high": None, "verdict": "as it should be",
            },
        ),
        "unlabelled": (
            {"task": "up v unresponsive", "quantity": "auroc", "assumed_share": 0.0, "n_listed": 125, **reach},
            {
                "task": "up v unresponsive", "quantity": "auroc", "assumed_share": 0.5, "n_listed": 125,
                **dict.fromkeys(reach),
            },
            {
                "task": "up v unresponsive", "quantity": "recall", "depth": 100, "n_listed": 125, "chance": 0.016,
                **reach,
            },
        ),
        "coverage": (
            {"level": 0.9, "genes": "up", "coverage": 0.913, "low": 0.87, "high": 0.95, "mean_size": 1.27, "n": 160},
        ),
    }  # fmt: skip


@pytest.fixture(scope="session")
def score_example() -> ScoreContent:
    return score_content()


@pytest.fixture(scope="session")
def compare_example() -> CompareContent:
    return compare_content(400)


@pytest.fixture(scope="session")
def train_example() -> TrainContent:
    return train_content(800)


@pytest.fixture(scope="session")
def judged_example() -> TrainContent:
    return replace(train_content(800), evaluation=evaluation_example())


class Page(HTMLParser):
    """A strict reading of a report: every tag closed in order, ids unique, and what is linked."""

    VOID = frozenset({"meta", "input", "br", "link", "img", "hr"})

    def __init__(self, text: str):
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        if "id" in found:
            self.ids.append(found["id"])
        self.links += [found[key] for key in ("href", "src", "xlink:href") if key in found]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


@pytest.fixture(scope="session")
def read_page():
    """Parse a report and check what every report owes its reader."""

    def read(text: str) -> Page:
        page = Page(text)
        assert len(page.ids) == len(set(page.ids))
        inside = [link for link in page.links if not link.startswith("data:image/png;base64,")]
        assert all(link.startswith("#") and link[1:] in page.ids for link in inside)
        assert page.count("h1") == 1
        assert page.count("caption") == page.count("table")
        assert all("aria-label" in found for tag, found in page.tags if tag == "svg")
        assert "@import" not in text
        assert "url(http" not in text
        return page

    return read


@pytest.fixture(scope="session")
def many_genes() -> ScoreContent:
    return score_content(500, 4)
