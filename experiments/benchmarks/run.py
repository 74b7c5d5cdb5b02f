"""How long rarml's jobs take and how much memory they need, each beside a floor or a peer in the same run.

    python experiments/benchmarks/run.py [--only NAME ...] [--sizes 1 4 16] [--rounds 3] [--quick] [--long]

Every contestant is a process of its own; rounds alternate between contestants, so that a busy machine slows all alike.
Writes results/benchmarks.json and .md, then docs/benchmarks.md and .svg and docs/how-large.md from them; with --only,
the other jobs keep their earlier results. --quick is a try-out at small sizes in one round, written to
build/benchmarks. --long adds the scan of up to 1 Gb of sequence. --pages makes the pages anew from the results at hand,
without measuring. The libraries superintervals and ncls are peers where they are installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from child import REPO, forget, measured
from large import large_page
from machine import machine
from pages import benchmark_page
from plan import HERE, JOBS, Contestant, Job, sizes_of
from plot import plot
from tables import markdown, summary

RESULTS = REPO / "experiments" / "results"
TRIED = REPO / "build" / "benchmarks"
FULL = {
    "promoters": [2_000, 20_000, 200_000],
    "megabases": [62, 250, 1000],
    "models": [2, 4],
    "atlas": [1200, 4800, 19_689],
}
QUICK = {"promoters": [200, 800], "megabases": [2, 8], "models": [2], "atlas": [300, 1200]}


def main() -> None:
    """Measure, then write."""
    options = _options()
    if options.pages:
        results, docs = (TRIED, TRIED) if options.quick else (RESULTS, REPO / "docs")
        whole = json.loads((results / "benchmarks.json").read_text())
        rows = {name: found["rows"] for name, found in whole["jobs"].items()}
        whole["jobs"] = {job.name: summary(job, rows[job.name]) for job in JOBS if job.name in rows}
        write(whole, results, docs)
        return
    chosen = {**(QUICK if options.quick else FULL), "times": options.sizes or ([1, 2] if options.quick else [1, 4, 16])}
    jobs = [job for job in JOBS if (job.name in options.only if options.only else options.long or not job.long)]
    found: dict[str, Any] = {}
    for job in jobs:
        if job.needs_data and not (_data() / "labels").is_dir():
            print(f"{job.name}: left out, needs the real data (RARML_DATA)", flush=True)
            continue
        rows = _measure(job, sizes_of(job, chosen), 1 if options.quick else options.rounds)
        found[job.name] = summary(job, rows)
    results, docs = (TRIED, TRIED) if options.quick else (RESULTS, REPO / "docs")
    path = results / "benchmarks.json"
    earlier = json.loads(path.read_text())["jobs"] if options.only and path.is_file() else {}
    merged = {**earlier, **found}
    whole = {"machine": machine(), "jobs": {job.name: merged[job.name] for job in JOBS if job.name in merged}}
    write(whole, results, docs)
    print(markdown(whole))


def write(whole: dict[str, Any], results: Path, docs: Path) -> None:
    """The results, and the pages made of them."""
    from rarml.core.files import atomic_file, write_json, write_text

    docs.mkdir(parents=True, exist_ok=True)
    write_json(results / "benchmarks.json", whole)
    write_text(results / "benchmarks.md", markdown(whole))
    write_text(docs / f"{'tried-' if docs == results else ''}benchmarks.md", benchmark_page(whole))
    write_text(docs / "how-large.md", large_page(whole))
    with atomic_file(docs / "benchmarks.svg") as part:
        part.write_bytes(plot(whole))


def _measure(job: Job, sizes: list[int], rounds: int) -> list[dict[str, Any]]:
    """A row per size, round and contestant."""
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "made"
            made.mkdir()
            if any(contestant.command for contestant in job.contestants):
                measured([sys.executable, str(HERE / "work.py"), "prepare", job.name, str(size), str(made)])
            for turn in range(rounds):
                for contestant in job.contestants:
                    if contestant.most is not None and size > contestant.most:
                        continue
                    if contestant.library is not None and importlib.util.find_spec(contestant.library) is None:
                        print(f"{job.name}: {contestant.name} left out, {contestant.library} is not installed")
                        continue
                    row = {"size": size, "round": turn, "contestant": contestant.name}
                    # a folder of its own: what an earlier run left could be kept as it is
                    with tempfile.TemporaryDirectory(dir=folder) as out:
                        rows.append({**row, **_once(job, contestant, size, made, Path(out))})
                    print(_line(job, rows[-1]), flush=True)
    return rows


def _once(job: Job, contestant: Contestant, size: int, made: Path, out: Path) -> dict[str, Any]:
    if contestant.cold:
        for part in (REPO / "rarml", REPO / "models", *map(Path, sysconfig.get_paths().values())):
            forget(part)
    if contestant.command is not None:
        found = measured(contestant.command(size, made, out))
        facts = {"output_mb": _size_mb(out), "said_mb": found.pop("said_mb")}
        return {**found, "facts": facts, "told": None}
    found = measured([sys.executable, str(HERE / "work.py"), job.name, contestant.name, str(size)])
    told = found["told"]
    return {**found, **{name: told[name] for name in ("seconds", "cpu", "facts")}, "told": None}


def _size_mb(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def _line(job: Job, row: dict[str, Any]) -> str:
    return (
        f"{job.name:<12} {row['size']:>9,} {row['contestant']:<46} {row['seconds']:9.3f} s  "
        f"CPU {row['cpu']:9.3f} s  peak {row['peak_mb']:7,.0f} MB"
    )


def _data() -> Path:
    folder = Path(os.environ.get("RARML_DATA", REPO.parent / "shared" / "data")).resolve()
    os.environ["RARML_DATA"] = str(folder)
    return folder


def _options() -> argparse.Namespace:
    names = [job.name for job in JOBS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help=f"only these: {', '.join(names)}")
    parser.add_argument("--sizes", nargs="+", type=int, help="multiples of the work, where a job grows [1 4 16]")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="a try-out in a few minutes, written to build/benchmarks")
    parser.add_argument("--pages", action="store_true", help="only write the pages again")
    parser.add_argument("--long", action="store_true", help="the streaming scan of up to 1 Gb too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
