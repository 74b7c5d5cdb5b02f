"""Mutate files of every reader: `python tests/faults/fuzz.py --minutes 30 --seed 0 --out findings.json`.

`--engine plain` (used by the tests) changes valid files and files of the corpus at random: the same seed tries the same
inputs in the same order. `--engine atheris` (needs `pip install rarml[fuzz]`) is led by the coverage of rarml's code,
and runs every reader in a process of its own, so that an abort, a hang or a memory request without bound is a finding.
A finding is any exception outside the `RarmlError` family, or the death of the process.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from bigwig_bytes import bigwig
from mutate import mutated
from readers import Reader, readers

from rarml.core.errors import RarmlError

_SMALL = 20_000
_HANGS = 60  # seconds in one file, after which the process is ended

Result = tuple[Counter[str], list[dict[str, str]]]


def attempt(reader: Reader, data: bytes, path: Path) -> str | None:
    """What went wrong, or None."""
    path.write_bytes(data)
    try:
        reader.read(path)
    except RarmlError:
        return None
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    return None


def seeds(reader: Reader) -> tuple[bytes, ...]:
    """The valid file and the small regular files of the corpus."""
    from corpus import cases

    found = [reader.valid]
    if reader.name == "bigWig":  # without compression, changes reach the values; the other byte order
        found += [bigwig(packed=False), bigwig(packed=True), bigwig(packed=False, order=">")]
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(case for case in cases() if case.reader == reader.name):
            path = Path(folder) / str(number)
            case.make(path)
            if path.is_file() and not path.is_symlink() and 0 < path.stat().st_size <= _SMALL:
                found.append(path.read_bytes())
    return tuple(found)


def fuzz(seconds: float, seed: int = 0, most: int | None = None) -> Result:
    """Executions by reader, and findings; ends after `seconds` or `most` inputs per reader."""
    rng, runs, findings = random.Random(seed), Counter[str](), []
    known = {name: seeds(reader) for name, reader in readers().items()}
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="rarml-fuzz-") as folder:
        while time.monotonic() < end and (most is None or max(runs.values(), default=0) < most):
            for name, reader in readers().items():
                start = reader.valid if rng.random() < 0.7 else rng.choice(known[name])
                data = mutated(start, rng, known[name])
                said = attempt(reader, data, Path(folder) / reader.file)
                runs[name] += 1
                if said:
                    findings.append({"reader": name, "fault": said, "input": data[:_SMALL].hex()})
    return runs, findings


def guided(seconds: float, seed: int, names: list[str], at_once: int = 1) -> Result:
    """As `fuzz`, led by coverage; the readers share `seconds`, and `at_once` of them run side by side."""
    runs, findings = Counter[str](), []
    share = max(5.0, seconds * at_once / len(names))
    waiting, working = list(names), dict[str, tuple[Path, subprocess.Popen[bytes]]]()
    with tempfile.TemporaryDirectory(prefix="rarml-fuzz-") as folder:
        while waiting or working:
            while waiting and len(working) < at_once:
                name = waiting.pop(0)
                place = Path(folder) / str(names.index(name))
                place.mkdir()
                command = [sys.executable, str(Path(__file__).with_name("fuzz_guided.py")), name, str(place)]
                command += [str(int(share)), str(seed)]
                log = (place / "log").open("wb")
                working[name] = place, subprocess.Popen(command, stdout=log, stderr=log, env=os.environ)
            time.sleep(0.2)
            for name, (place, process) in list(working.items()):
                given = place / "input"
                if process.poll() is None:
                    if given.is_file() and time.time() - given.stat().st_mtime > _HANGS:
                        process.kill()
                    continue
                del working[name]
                found = json.loads((place / "state.json").read_text())
                runs[name] = found["executions"]
                findings += found["findings"]
                if not found["ended"]:
                    said = f"process died with status {process.returncode}"
                    data = given.read_bytes() if given.is_file() else b""
                    findings.append({"reader": name, "fault": said, "input": data[:_SMALL].hex()})
                    print((place / "log").read_text(errors="replace")[-1500:])
                own = sum(one["reader"] == name for one in findings)
                print(f"{name}: {runs[name]:,} executions, {own} findings", flush=True)
    return runs, findings


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["plain", "atheris"], default="plain")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reader", action="append", help="only this one (atheris); may be given again")
    parser.add_argument("--at-once", type=int, default=1, help="processes (atheris)")
    parser.add_argument("--out", type=Path, default=Path("findings.json"))
    asked = parser.parse_args()
    if asked.engine == "plain":
        runs, findings = fuzz(60 * asked.minutes, asked.seed)
    else:
        names = asked.reader or list(readers())
        runs, findings = guided(60 * asked.minutes, asked.seed, names, asked.at_once)
    content = {"engine": asked.engine, "seed": asked.seed, "minutes": asked.minutes, "executions": runs}
    content["findings"] = findings
    asked.out.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    print(f"{sum(runs.values()):,} executions, {len(findings):,} findings -> {asked.out}")
    for one in sorted({(f["reader"], f["fault"][:160]) for f in findings}):
        print(*one)


if __name__ == "__main__":
    main()
