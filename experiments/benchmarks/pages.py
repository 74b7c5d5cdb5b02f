"""docs/benchmarks.md from the measured results (docs/how-large.md: large.py)."""

from __future__ import annotations

from typing import Any

from tables import HOW, goal_lines, job_lines, library_words, machine_words

TITLES = {
    "start-up": (
        "Start-up",
        "The answer to `--help`: numeric libraries are imported by the commands that need them, when they need them.",
    ),
    "reference": (
        "Building a reference",
        "Made-up genes, one every 4 kb, with two tracks and three expression samples, from FASTA and GTF to the stored "
        "reference with all feature columns, the promoter encoder's included; two threads.",
    ),
    "scan": (
        "Scanning promoters for RAREs",
        "All 33 types of pair on both strands at p <= 1e-4, one thread. lightmotif scans the same pairs as 44 fixed "
        "matrices (more contestants: `experiments/results/benchmark_scan.md`).",
    ),
    "stream": (
        "Scanning long sequence",
        "`rarml scan` from a FASTA file to Parquet at its default p-value, two threads. The search is a small part: "
        "random sequence holds 3,300 sites per Mb, and their rows (letters, rivals, elements, q-values) take the time.",
    ),
    "composition": ("Features: composition", "GC, CpG and the other composition columns, one thread."),
    "rare": ("Features: RAREs", "Calls at p <= 1e-3 and the best pair of each type, which the block is made of."),
    "overlap": (
        "Features: overlap with peaks",
        "Which promoters touch a peak, on 24 chromosomes. The libraries answer the same question and count the same "
        "promoters; superintervals and NCLS know no chromosomes and are asked for each in turn. Peaks are sorted: "
        "the last step grows a little more than the size.",
    ),
    "gradient": (
        "Training boosted trees",
        "400 features, a tenth missing, three classes, default settings, one thread; beside it XGBoost on the same "
        "matrix with the same parameters.",
    ),
    "cnn": (
        "Training the promoter network",
        "One epoch in batches of 64 on two threads; beside it a plain loop over the same network, loss and optimiser.",
    ),
    "train": (
        "Training a model, quick settings",
        "The real MCF-7 labels: cross-fits, baselines, audit, model folder and report.",
    ),
    "atlas": (
        "Scoring the whole atlas",
        "A new process, with three shipped models. *Files not in memory*: the system was asked beforehand to drop "
        "rarml, its models and its libraries from its cache, as after a restart; it keeps what other processes have "
        "open.",
    ),
    "predict": (
        "Predicting from features",
        "What a model does to genes without a stored answer: probabilities, intervals and conformal p-values, one "
        "thread.",
    ),
    "compare": ("Comparing models", "Tables, figures and report, explanations of the genes that differ most included."),
    "report": ("Writing the HTML report of a scored list", "The page alone, from scores in memory."),
}


def benchmark_page(whole: dict[str, Any]) -> str:
    """Every job beside its floor or peer."""
    lines = [
        "# Benchmarks",
        "",
        "Every job of rarml beside a floor (what it cannot do without) or a peer (another library doing the same), in",
        "the same run, each in a process of its own. How large a job fits where: [how-large.md](how-large.md).",
        "",
        f"Measured on {machine_words(whole['machine'])} ({library_words(whole['machine'])}).",
        "",
        "## Goals",
        "",
        *goal_lines(whole["jobs"]),
        "",
        "![CPU time by size, and times of rarml over those of its peers](benchmarks.svg)",
        "",
        "Left: grey lines have the slope of proportional growth. Right: the largest size that both did.",
        "",
        "## How to read the tables",
        "",
        *HOW,
        "",
        "Made by `python experiments/benchmarks/run.py --long` in an environment that has superintervals and ncls",
        "beside the development tools (they are left out where they are missing); every round is in",
        "`experiments/results/benchmarks.json`. `make bench` times the hot functions in a minute.",
    ]
    for name, found in whole["jobs"].items():
        title, said = TITLES[name]
        lines += ["", f"## {title}", "", said, "", *job_lines(found)]
    return "\n".join(lines) + "\n"
