"""What is measured: each job with its sizes, its contestants, and the goal it is held to."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODELS = ("mcf-7", "sh-sy5y", "neural-organoid", "nb4")
RARML = [sys.executable, "-m", "rarml"]
Command = Callable[[int, Path, Path], list[str]]
"""From the size, the folder of what was made for it, and a folder to write to, to a command line."""


@dataclass(frozen=True)
class Contestant:
    """One way to do a job: `rarml`, or a floor or peer beside it.

    Attributes
    ----------
    name : str
        What the tables call it.
    role : str
        rarml, floor (what nobody can do without) or peer (what does the same, or nearly).
    command : callable, optional
        A whole process is measured; without it `work.py` does the job and times the work itself, without set-up.
    most : int, optional
        Largest size at which it is run.
    library : str, optional
        What it imports; left out, and said so, where that is not installed.
    cold : bool
        The files of rarml, its models and its libraries are dropped from the system's memory before.
    """

    name: str
    role: str
    command: Command | None = None
    most: int | None = None
    library: str | None = None
    cold: bool = False


@dataclass(frozen=True)
class Job:
    """One measured piece of work.

    Attributes
    ----------
    name, unit : str
        Its name, and what its size counts.
    scale : str
        Which sizes it takes: one, times (base x 1, 4, 16), promoters, megabases or models.
    contestants : tuple of Contestant
        The first is rarml.
    base : int
        What 1x is.
    goal_ratio : (str, float), optional
        rarml takes at most so many times as long as this contestant.
    goal_exponent : float, optional
        Time grows with the size to at most this power.
    goal_seconds : float, optional
        rarml's wall time at the largest size, in its quickest round.
    constant_memory : bool
        Whether the peak has to stay within 10 % over the sizes.
    long : bool
        Only run with --long.
    needs_data : bool
        Needs the real data (RARML_DATA).
    """

    name: str
    unit: str
    scale: str
    contestants: tuple[Contestant, ...]
    base: int = 1
    goal_ratio: tuple[str, float] | None = None
    goal_exponent: float | None = None
    goal_seconds: float | None = None
    constant_memory: bool = False
    long: bool = False
    needs_data: bool = False


def _score(n: int, made: Path, out: Path) -> list[str]:
    return [*RARML, "score", str(made / "genes.txt"), *_models(3)]


def _score_files(n: int, made: Path, out: Path) -> list[str]:
    return [*_score(n, made, out), "--out", str(out / "score"), "--overwrite"]


def _models(n: int) -> list[str]:
    return [text for name in MODELS[:n] for text in ("--model", name)]


def _python(code: str) -> Command:
    return lambda n, made, out: [sys.executable, "-c", code]


def _rarml(*words: str) -> Command:
    return lambda n, made, out: [*RARML, *(word.format(made=made, out=out) for word in words)]


_READ = "import sys; from collections import deque; deque(open(sys.argv[1], 'rb'), 0)"
_IMPORTS = "import numpy, pandas, sklearn, matplotlib.pyplot"
READ_FASTA = Contestant(
    "reading the FASTA by line", "floor", lambda n, made, out: [sys.executable, "-c", _READ, str(made / "genome.fa")]
)
GOAL = 1.05

JOBS = (
    Job(
        "start-up",
        "call",
        "one",
        (
            Contestant("rarml --help", "rarml", _rarml("--help")),
            Contestant("rarml --version", "rarml too", _rarml("--version")),
            Contestant("python -c pass", "floor", _python("pass")),
            Contestant("import numpy, pandas", "floor", _python("import numpy, pandas")),
        ),
        goal_seconds=1.0,
    ),
    Job(
        "reference",
        "genes",
        "times",
        (
            Contestant(
                "rarml reference build",
                "rarml",
                _rarml("reference", "build", "{made}/spec.yaml", "--out", "{out}/reference", "--overwrite"),
            ),
            READ_FASTA,
        ),
        base=500,
    ),
    Job(
        "scan",
        "promoters of 2 kb",
        "promoters",
        (
            Contestant("rarml, 33 types, both strands", "rarml"),
            Contestant("lightmotif, 44 scans", "peer", most=20_000),
            Contestant("one read of the bases", "floor"),
        ),
        goal_ratio=("lightmotif, 44 scans", 1.0),
        goal_exponent=GOAL,
    ),
    Job(
        "stream",
        "Mb of sequence",
        "megabases",
        (
            Contestant(
                "rarml scan",
                "rarml",
                _rarml("scan", "{made}/genome.fa", "--out", "{out}/sites.parquet", "--overwrite", "--threads", "2"),
            ),
            READ_FASTA,
        ),
        goal_exponent=GOAL,
        constant_memory=True,
        long=True,
    ),
    Job(
        "composition",
        "promoters of 2 kb",
        "promoters",
        (Contestant("block composition", "rarml"), Contestant("counting the four bases", "floor")),
        goal_exponent=GOAL,
    ),
    Job(
        "rare",
        "promoters of 2 kb",
        "promoters",
        (Contestant("calls and best pairs", "rarml"), Contestant("counting the four bases", "floor")),
        goal_exponent=GOAL,
    ),
    Job(
        "overlap",
        "promoters, 5 peaks each",
        "promoters",
        (
            Contestant("rarml touches", "rarml"),
            Contestant("superintervals count_batch", "peer", library="superintervals"),
            Contestant("NCLS has_overlaps", "peer", library="ncls"),
            Contestant("bioframe count_overlaps", "peer", library="bioframe"),
            Contestant("sorting the starts", "floor"),
        ),
        goal_ratio=("superintervals count_batch", 1.0),
        goal_exponent=GOAL,
    ),
    Job(
        "gradient",
        "genes x 400 features",
        "times",
        (Contestant("GradientClassifier", "rarml"), Contestant("xgboost alone", "peer")),
        base=2000,
        goal_ratio=("xgboost alone", 1.2),
    ),
    Job(
        "cnn",
        "promoters of 2 kb, one epoch",
        "times",
        (Contestant("train_network", "rarml"), Contestant("plain PyTorch loop", "peer")),
        base=256,
        goal_ratio=("plain PyTorch loop", 1.1),
    ),
    Job(
        "train",
        "call",
        "one",
        (
            Contestant(
                "rarml train mcf-7, configs/quick.yaml",
                "rarml",
                _rarml("train", "mcf-7", "--config", "configs/quick.yaml", "--out", "{out}/model", "--overwrite"),
            ),
            Contestant("imports of its libraries", "floor", _python(_IMPORTS + ", xgboost, torch")),
        ),
        needs_data=True,
    ),
    Job(
        "atlas",
        "genes, 3 models",
        "atlas",
        (
            Contestant("rarml score, files not in memory", "rarml", _score, cold=True),
            Contestant("rarml score, to the terminal", "rarml too", _score),
            Contestant("rarml score --out, report and figures too", "rarml too", _score_files),
            Contestant("import numpy, pandas", "floor", _python("import numpy, pandas")),
        ),
        goal_seconds=5.0,
    ),
    Job(
        "predict",
        "genes",
        "promoters",
        (
            Contestant("features to probabilities, model mcf-7", "rarml"),
            Contestant("one copy of the features", "floor"),
        ),
        goal_exponent=GOAL,
    ),
    Job(
        "compare",
        "models",
        "models",
        (
            Contestant(
                "rarml compare",
                "rarml",
                lambda n, made, out: [
                    *RARML,
                    "compare",
                    *MODELS[:n],
                    "--out",
                    str(out / "compare"),
                    "--top",
                    "5",
                    "--overwrite",
                ],
            ),
            Contestant("imports of its libraries", "floor", _python(_IMPORTS)),
        ),
    ),
    Job(
        "report",
        "genes, 3 models",
        "times",
        (Contestant("score_html", "rarml"), Contestant("the same table as CSV", "floor")),
        base=1200,
    ),
)


def sizes_of(job: Job, chosen: dict[str, list[int]]) -> list[int]:
    """The sizes of a job, from the factors, promoters, megabases and models that were asked for."""
    if job.scale == "one":
        return [1]
    if job.scale == "times":
        return [job.base * factor for factor in chosen["times"]]
    return chosen[job.scale]
