"""How fast all RARE types are called, against the fastest general scanner doing the nearest job.

    python experiments/benchmarks/scan.py [--sequences 20000] [--length 2000] [--grow] [--data FOLDER]

rarml: all 33 types (11 DR on two strands, 11 IR and 11 ER once) in one pass, exact thresholds at p = 1e-4.
lightmotif: the same pairs as 33 fixed matrices, one scan each and a second for the other strand of the 11 DR (44
scans), or both strands of all (66), at the same score thresholds, on the same bases joined with N between them;
encoding and striping counted once. Both start from uint8 base codes (rarml) or the letters (lightmotif) in memory. Peak
memory is of the process, each contestant in a process of its own. Sequences are random (human promoter background) or,
with --data, the real promoters repeated. The floor is one read of the bases from memory. Writes
results/benchmark_scan.json and .md.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import numpy as np

from rarml.core.files import write_json, write_text

RESULTS = Path(__file__).resolve().parents[1] / "results"
PVALUE = 1e-4
CONTESTANTS = (
    ("rarml", 1),
    ("lightmotif, 44 scans", 1),
    ("lightmotif, 66 scans", 1),
    ("rarml", 2),
    ("lightmotif, 44 scans", 2),
)


def main() -> None:
    options = parse()
    if options.worker:
        print(json.dumps(WORKERS[options.worker](load(options), options.threads)))
        return
    sizes = [2000, 20000, 200000] if options.grow else [options.sequences]
    rows = []
    for size in sizes:
        for turn in range(options.rounds if size <= 20000 else 1):
            for name, threads in CONTESTANTS:
                if size > 20000 and (name, threads) not in (("rarml", 1), ("rarml", 2), ("lightmotif, 44 scans", 1)):
                    continue
                rows.append({"round": turn, **measure(name, size, threads, options)})
                print(line(rows[-1]), flush=True)
    text = markdown(rows, sizes, options)
    print(text)
    if not options.dry:
        write_json(RESULTS / "benchmark_scan.json", rows)
        write_text(RESULTS / "benchmark_scan.md", text)


def markdown(rows: list[dict], sizes: list[int], options: argparse.Namespace) -> str:
    """Medians over the rounds, and the ratio to rarml of the same round and number of threads."""
    what = "real promoters repeated" if options.data else "random sequence"
    lines = [
        "# All RARE types against a general scanner",
        "",
        f"{options.length:,} bp each, {what}, p <= {PVALUE:g}; medians of {options.rounds} alternating rounds in",
        "one run (one round above 20,000 sequences), each contestant in a process of its own, the fastest of three",
        "repeats per process. rarml calls all 33 pair types on both strands. lightmotif scans fixed matrices: 44 scans",
        "are what the same sites need (11 DR on two strands, 22 IR and ER once), 66 are 33 matrices on both strands.",
        "Ratio: to rarml, paired by round and threads. Floor: one read of the bases from memory. The hits that the 44",
        "scans lack are sites that touch an end of their sequence, whose flank is unknown. Made by",
        "`python experiments/benchmarks/scan.py --grow`; timings are of a shared machine.",
        "",
        "| sequences | scanner | threads | seconds | sequences/s | MB/s | peak MB (input MB) | hits | ratio to rarml |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for size in sizes:
        for name, threads in CONTESTANTS:
            own = [row for row in rows if (row["name"], row["sequences"], row["threads"]) == (name, size, threads)]
            if not own:
                continue
            base = {
                row["round"]: row["seconds"]
                for row in rows
                if (row["name"], row["sequences"], row["threads"]) == ("rarml", size, threads)
            }
            middle = median([row["seconds"] for row in own])
            ratio = median([row["seconds"] / base[row["round"]] for row in own])
            lines.append(
                f"| {size:,} | {name} | {threads} | {middle:.3f} | {size / middle:,.0f} | "
                f"{size * options.length / middle / 1e6:.0f} | {own[0]['peak_mb']:,.0f} ({own[0]['input_mb']:,.0f}) | "
                f"{own[0]['hits']:,} | {ratio:.1f} |"
            )
    floors = [row["seconds"] / row["floor"] for row in rows if "floor" in row and row["threads"] == 1]
    lines += ["", f"One thread of rarml takes {median(floors):.0f} times the memory floor (median over all runs)."]
    return "\n".join(lines) + "\n"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sequences", type=int, default=20000)
    parser.add_argument("--length", type=int, default=2000)
    parser.add_argument("--grow", action="store_true", help="2,000, 20,000 and 200,000 sequences")
    parser.add_argument("--data", help="folder of the real data: use its promoters")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dry", action="store_true", help="write no results")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    return parser.parse_args()


def measure(name: str, size: int, threads: int, options: argparse.Namespace) -> dict:
    command = [sys.executable, __file__, "--worker", name, "--sequences", str(size), "--length", str(options.length)]
    command += ["--threads", str(threads)] + (["--data", options.data] if options.data else [])
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    row = {"name": name, "sequences": size, "threads": threads, **json.loads(answer)}
    bases = size * options.length
    row["sequences_per_s"], row["mb_per_s"] = size / row["seconds"], bases / row["seconds"] / 1e6
    return row


def line(row: dict) -> str:
    return (
        f"{row['name']:<20} {row['sequences']:>7,} sequences  {row['threads']} thread(s)  {row['seconds']:7.3f} s  "
        f"(CPU {row['cpu']:7.3f} s)  {row['sequences_per_s']:>9,.0f} seq/s  {row['mb_per_s']:7.1f} MB/s  "
        f"peak {row['peak_mb']:,.0f} MB over {row['input_mb']:,.0f} MB input  {row['hits']:,} hits"
        + (f"  memory floor {row['floor']:.4f} s" if "floor" in row else "")
    )


def load(options: argparse.Namespace) -> np.ndarray:
    if options.data:
        import gzip

        from rarml.reference.bases import encode

        path = Path(options.data) / "sequence" / "promoters_tss_pm1kb.fa.gz"
        with gzip.open(path, "rt") as lines:
            rows = [encode(text.strip()) for text in lines if text[0] != ">"]
        return np.resize(np.stack(rows), (options.sequences, options.length))
    rng = np.random.default_rng(1)
    shares = np.array([0.22, 0.28, 0.28]).cumsum()
    codes = np.empty((options.sequences, options.length), dtype=np.uint8)
    for first in range(0, len(codes), 2000):
        block = codes[first : first + 2000]
        block[:] = np.searchsorted(shares, rng.random(block.shape, dtype=np.float32))
    return codes


def best_of(job, times: int = 3) -> tuple[float, float, int]:
    wall, cpu, hits = float("inf"), float("inf"), 0
    for _ in range(times):
        start, busy = time.perf_counter(), time.process_time()
        hits = job()
        wall, cpu = min(wall, time.perf_counter() - start), min(cpu, time.process_time() - busy)
    return wall, cpu, hits


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_rarml(codes: np.ndarray, threads: int, times: int = 3) -> dict:
    from rarml.features.calls import PairScanner

    scanner = PairScanner(max_pvalue=PVALUE)
    before = peak_mb()
    wall, cpu, hits = best_of(lambda: len(scanner.scan(codes, threads=threads)), times)
    floor, _, _ = best_of(lambda: int(codes.view(np.uint64).max() > 0), times)
    return {"seconds": wall, "cpu": cpu, "hits": hits, "peak_mb": peak_mb(), "input_mb": before, "floor": floor}


def run_lightmotif_twice(codes: np.ndarray, threads: int) -> dict:
    return run_lightmotif(codes, threads, both_strands=True)


def run_lightmotif(codes: np.ndarray, threads: int, both_strands: bool = False, times: int = 3) -> dict:
    import lightmotif

    from rarml.features.calls import PairScanner

    scanner = PairScanner(max_pvalue=PVALUE)
    jobs = []
    for pair, threshold in zip(scanner.types, scanner.thresholds, strict=True):
        matrix = pair.matrix() / 100
        for values in (matrix,) if pair.palindromic and not both_strands else (matrix, matrix[::-1, ::-1]):
            columns = {base: values[:, number].tolist() for number, base in enumerate("ACGT")}
            columns["N"] = [-100.0] * len(values)
            jobs.append((lightmotif.ScoringMatrix(columns), threshold / 100 - 1e-3))
    spaced = np.pad(codes, ((0, 0), (0, scanner.margin)), constant_values=4)
    text = bytes(np.frombuffer(b"ACGTN", np.uint8)[spaced].ravel()).decode()
    before = peak_mb()

    def scan_one(job, striped) -> int:
        matrix, threshold = job
        return sum(1 for _ in lightmotif.scan(matrix, striped, threshold=threshold))

    def run() -> int:
        striped = lightmotif.stripe(text)
        if threads == 1:
            return sum(scan_one(job, striped) for job in jobs)
        with ThreadPoolExecutor(threads) as pool:
            return sum(pool.map(lambda job: scan_one(job, striped), jobs))

    wall, cpu, hits = best_of(run, times)
    return {"seconds": wall, "cpu": cpu, "hits": hits, "peak_mb": peak_mb(), "input_mb": before}


WORKERS = {"rarml": run_rarml, "lightmotif, 44 scans": run_lightmotif, "lightmotif, 66 scans": run_lightmotif_twice}

if __name__ == "__main__":
    main()
