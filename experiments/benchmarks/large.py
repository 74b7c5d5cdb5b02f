"""docs/how-large.md: how large a job fits where, and what 1,000 cell types x 60,000 genes x 100 tracks would take.

Nothing is typed in but the size of the job: times come from the measured time at the largest size and the measured
exponent, where that is above 1; memory and disk from the measured peaks and from the shipped files.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from child import REPO
from tables import machine_words

CELL_TYPES, GENES, TRACKS = 1000, 60_000, 100
MEMORIES_GB = (8, 32, 128)
FITTING = {
    "reference": "`reference build`, genes",
    "scan": "calls of promoters in memory",
    "composition": "composition of promoters in memory",
    "rare": "RARE columns of promoters in memory",
    "overlap": "overlap of promoters with five peaks each",
    "predict": "probabilities of genes, model mcf-7",
    "report": "HTML report of a list, genes x 3 models",
}
TRAINING, SCORING = "training", "scoring every gene with every model"
FROM_BASES, FROM_TRACKS = "reference with all features, once", "overlap with tracks, once"
TIMED = (FROM_BASES, FROM_TRACKS, TRAINING, SCORING)
Line = tuple[str, str, float | None, float | None, float | None]
"""Work, how it was reckoned, CPU hours, memory in GB, disk in GB."""


def large_page(whole: dict[str, Any]) -> str:
    """The page; a line whose job was not measured says so."""
    jobs, rows = whole["jobs"], _lines(whole["jobs"])
    times = [hours for _, _, hours, _, _ in rows if hours is not None]
    disks = [disk for *_, disk in rows if disk is not None]
    memories = [memory for _, _, _, memory, _ in rows if memory is not None]
    table = [f"| {what} | {how} | {' | '.join(map(_number, numbers))} |" for what, how, *numbers in rows]
    lines = [
        "# How large a job fits where",
        "",
        f"Measured on {machine_words(whole['machine'])}; all",
        "numbers on this page are computed from [what was measured](benchmarks.md) and from the shipped files by",
        "`python experiments/benchmarks/run.py`. One core is one core of that machine.",
        "",
        "## What fits",
        "",
        "Peak memory of the whole process at the smallest and the largest size that was measured, and how many",
        "promoters or genes fit into half of a machine's memory, by what each further one took in between.",
        "",
        "| job | measured | " + " | ".join(f"{size} GB" for size in MEMORIES_GB) + " |",
        "|---|---|" + "---:|" * len(MEMORIES_GB),
        *_fitting(jobs),
        "",
        *_streaming(jobs),
        "",
        *_training_memory(jobs),
        "",
        f"## {CELL_TYPES:,} cell types x {GENES:,} genes x {TRACKS} tracks, on paper",
        "",
        "An extrapolation, not a measurement: time at the largest measured size, grown by the measured exponent (at",
        "least 1), for one core.",
        "",
        "| work | reckoned from | core hours | memory, GB | disk, GB |",
        "|---|---|---:|---:|---:|",
        *table,
    ]
    missing = [what for what, _, hours, _, _ in rows if hours is None and what in TIMED]
    if missing:
        lines += ["", f"No total: {', '.join(missing)} not measured."]
    else:
        total = sum(times)
        lines += [
            "",
            f"Together {_number(total)} core hours: {_number(total / 24)} days on one core,",
            f"{_number(total / 24 / 16)} days on 16, {_number(total / 256)} hours on 256;",
            f"{_number(sum(disks))} GB of disk, and {_number(max(memories))} GB of memory for the largest step.",
            "Cell types do not depend on each other, so that training and scoring divide over as many workers as there",
            "are (`--processes`, `--cluster`).",
        ]
    return "\n".join(lines) + "\n"


def _lines(jobs: dict[str, Any]) -> list[Line]:
    columns, tracks = _atlas_shape()
    per_track = columns["chromatin"] / tracks
    others = sum(number for block, number in columns.items() if block != "chromatin")
    width = others + TRACKS * per_track
    table_gb = GENES * width * 4 / 1e9
    overlap = _grown(jobs, "overlap", GENES)
    rows: list[Line] = [
        (
            FROM_BASES,
            f"`reference build` of {GENES:,} genes: promoters of 2 kb, RAREs, partner motifs, composition and the "
            "encoder's columns",
            _hours([_grown(jobs, "reference", GENES)]),
            _peak(jobs, "reference", GENES),
            None,
        ),
        (
            FROM_TRACKS,
            f"{TRACKS} x {GENES:,} promoters with five peaks each",
            _hours([overlap], TRACKS),
            _peak(jobs, "overlap", GENES),
            None,
        ),
        (
            "feature table, once",
            f"{GENES:,} x {width:,.0f} columns in single precision ({per_track:.1f} per track, as shipped); on disk as "
            "the shipped atlas, by the value",
            None,
            table_gb,
            _shipped_gb("atlas") * table_gb / (_atlas_genes() * sum(columns.values()) * 4 / 1e9),
        ),
    ]
    rows.append(_training(jobs, width, table_gb))
    predict = _grown(jobs, "predict", GENES)
    rows.append(
        (
            SCORING,
            f"{CELL_TYPES:,} x {GENES:,} genes, a model at a time",
            _hours([predict], CELL_TYPES),
            _peak(jobs, "predict", GENES),
            None,
        )
    )
    models = [path.parent for path in (REPO / "models").glob("*/bundle.json")]
    mean = sum(_folder_gb(path) for path in models) / max(1, len(models))
    stored = sum((path / "predictions.parquet").stat().st_size for path in models) / 1e9 / max(1, len(models))
    size = mean - stored + stored * GENES / _atlas_genes()
    rows.append(
        ("models on disk", "mean of those shipped, predictions grown with the genes", None, None, CELL_TYPES * size)
    )
    return rows


def _training(jobs: dict[str, Any], width: float, table_gb: float) -> Line:
    """Boosted trees grow with genes and columns; the rest of a quick training is taken to do so too."""
    what, train = TRAINING, jobs.get("train")
    if train is None:
        return what, "not measured (needs the real data)", None, None, None
    own = next(cell for cell in train["cells"] if cell["role"] == "rarml")
    genes, columns, quick, full = _trained_shape()
    growth = max(1.0, jobs.get("gradient", {}).get("growth", {}).get("GradientClassifier", {}).get("cpu", 1.0))
    factor = (GENES / genes) ** growth * width / columns
    how = (
        f"`train mcf-7` with quick settings ({genes:,} genes x {columns:,} columns, {own['cpu']:.0f} CPU s), by genes "
        f"and columns; x {full / quick:.1f} for the fits x rounds of the full settings. Rather too much: imports and "
        "reports do not grow"
    )
    memory = own["peak_mb"] / 1e3 + 2 * table_gb
    return what, how, CELL_TYPES * own["cpu"] * factor * full / quick / 3600, memory, None


def _trained_shape() -> tuple[int, int, float, float]:
    """Genes and columns of the shipped MCF-7 model; fits x rounds of quick and of its full settings."""
    facts = json.loads((REPO / "models" / "mcf-7" / "bundle.json").read_text())

    import yaml

    quick = yaml.safe_load((REPO / "configs" / "quick.yaml").read_text())["model"]
    full = facts["settings"]["model"]
    genes = int(facts["counts"]["eligible"])
    return genes, len(facts["columns"]), _fits(quick), _fits(full)


def _fits(model: dict[str, Any]) -> float:
    folds = model["n_folds"]
    return folds * (folds - 1) / 2 * model["gradient"]["n_rounds"]


def _grown(jobs: dict[str, Any], name: str, size: int) -> float | None:
    """CPU seconds of a job at `size`, from its largest measured size and exponent."""
    if name not in jobs:
        return None
    own = [cell for cell in jobs[name]["cells"] if cell["role"] == "rarml"]
    growth = jobs[name]["growth"].get(own[0]["contestant"], {}).get("cpu", 1.0)
    seconds: float = own[-1]["cpu"] * (size / own[-1]["size"]) ** max(1.0, growth)
    return seconds


def _hours(seconds: list[float | None], times: int = 1) -> float | None:
    return None if any(value is None for value in seconds) else times * sum(v for v in seconds if v is not None) / 3600


def _per_item_mb(jobs: dict[str, Any], name: str) -> tuple[float, float] | None:
    """Peak memory of the smallest size and what each further item adds, between smallest and largest size."""
    own = [cell for cell in jobs.get(name, {}).get("cells", []) if cell["role"] == "rarml"]
    if len(own) < 2:
        return None
    first, last = own[0], own[-1]
    return first["peak_mb"], max(0.0, last["peak_mb"] - first["peak_mb"]) / (last["size"] - first["size"])


def _peak(jobs: dict[str, Any], name: str, size: int) -> float | None:
    found = _per_item_mb(jobs, name)
    return None if found is None else (found[0] + found[1] * size) / 1e3


def _fitting(jobs: dict[str, Any]) -> list[str]:
    rows = []
    for name, words in FITTING.items():
        found = _per_item_mb(jobs, name)
        if found is None:
            continue
        own = [cell for cell in jobs[name]["cells"] if cell["role"] == "rarml"]
        peaks = ", ".join(f"{cell['size']:,}: {cell['peak_mb']:,.0f} MB" for cell in (own[0], own[-1]))
        fits = [max(0.0, 500 * size - found[0]) / found[1] if found[1] else float("inf") for size in MEMORIES_GB]
        rows.append(f"| {words} | {peaks} | " + " | ".join(map(_many, fits)) + " |")
    return rows


def _many(number: float) -> str:
    """Two digits that count."""
    if number > 1e9:
        return "over a billion"
    if number >= 1e6:
        return f"{number / 1e6:.2g} million" if number < 1e8 else f"{number / 1e6:,.0f} million"
    return f"{float(f'{number:.2g}'):,.0f}"


def _streaming(jobs: dict[str, Any]) -> list[str]:
    own = [cell for cell in jobs.get("stream", {}).get("cells", []) if cell["role"] == "rarml"]
    if not own:
        return ["The streaming scan of a genome was not measured (`--long`)."]
    sizes = ", ".join(f"{cell['size']:,} Mb: {cell['peak_mb']:,.0f} MB" for cell in own)
    last = own[-1]
    lines = [
        "`rarml scan` of a FASTA file reads it in pieces, so that its memory hardly depends on the length: with two",
        f"threads its peak is, by length of the sequence, {sizes}. A genome of 3.1 Gb takes",
        f"about {last['cpu'] * 3100 / last['size'] / 60:.0f} minutes of one core, by the measured time of",
        f"{last['size']:,} Mb.",
    ]
    said = last["facts"].get("said_mb")
    return [*lines, f"It announces its peak before it begins (here {said:,.0f} MB) and keeps to it."] if said else lines


def _training_memory(jobs: dict[str, Any]) -> list[str]:
    own = [cell for cell in jobs.get("train", {}).get("cells", []) if cell["role"] == "rarml"]
    if not own:
        return ["Training was not measured (it needs the real data)."]
    genes, columns, _, _ = _trained_shape()
    return [
        f"`rarml train` on {genes:,} genes x {columns:,} columns has a peak of {own[0]['peak_mb']:,.0f} MB, of which",
        f"the table takes {genes * columns * 4 / 1e6:.0f} MB; libraries are most of the rest.",
    ]


@cache
def _atlas_shape() -> tuple[dict[str, int], int]:
    """Columns per block of the shipped atlas, and its number of tracks."""
    from rarml.bundle.registry import shipped_atlas
    from rarml.features.atlas import atlas_columns

    columns: dict[str, int] = {}
    tracks = set()
    for name in atlas_columns(shipped_atlas()):
        block = name.split(":")[0]
        columns[block] = columns.get(block, 0) + 1
        if block == "chromatin":
            tracks.add(tuple(name.split(":")[1:3]))
    return columns, len(tracks)


@cache
def _atlas_genes() -> int:
    from rarml.bundle.registry import shipped_atlas
    from rarml.features.atlas import load_atlas

    return len(load_atlas(shipped_atlas(), columns=[]).genes)


def _shipped_gb(name: str) -> float:
    return _folder_gb(REPO / "models" / name)


def _folder_gb(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e9


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2g}" if value < 10 else f"{value:,.1f}"
