"""Mutate valid files of every reader: `python tests/faults/fuzz.py --minutes 60 --out findings.json`.

A finding is any exception outside the `RarmlError` family. A crash of a C library ends the run; the last input is then
in the working folder that is printed at the start. The same seed tries the same inputs in the same order.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from readers import Reader, readers

from rarml.core.errors import RarmlError

TOKENS = (
    b"\0", b"\t", b",", b'"', b"\r", b"\n", b"\xff", b"-1", b"1e999", b"nan", b"9" * 25, b"9" * 5000, "²".encode(),
    b"#", b">", b"&a", b"*a", b"{", b"[", b"!!python/object:x", b"\x1f\x8b", b"\xef\xbb\xbf", b" ", b"=", b";", b"%",
)  # fmt: skip


def mutated(valid: bytes, rng: random.Random) -> bytes:
    """One to six changes: flips, tokens put in, pieces cut out, repeated or moved."""
    data = bytearray(valid)
    for _ in range(rng.randint(1, 6)):
        at, to = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
        kind = rng.randrange(5)
        if kind == 0 and at < len(data):
            data[at] = rng.randrange(256)
        elif kind == 1:
            data[at:at] = rng.choice(TOKENS)
        elif kind == 2:
            del data[at : min(to, at + 40)]
        elif kind == 3:
            data[at:at] = data[at:to]
        else:
            data = data[:at] + data[to:] + data[at:to]
    return bytes(data) or b"\n"


# pybigtools aborts the process on some damaged files (it asks for memory without bound).
ABORTING = ("bigWig",)


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


def fuzz(seconds: float, seed: int = 0, most: int | None = None) -> tuple[Counter[str], list[dict[str, str]]]:
    """Executions by reader, and findings; ends after `seconds` or `most` inputs per reader."""
    rng, runs, findings = random.Random(seed), Counter[str](), []
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="rarml-fuzz-") as folder:
        while time.monotonic() < end and (most is None or max(runs.values(), default=0) < most):
            for reader in readers().values():
                if reader.name in ABORTING:
                    continue
                data = mutated(reader.valid, rng)
                said = attempt(reader, data, Path(folder) / reader.file)
                runs[reader.name] += 1
                if said:
                    findings.append({"reader": reader.name, "fault": said, "input": data[:20_000].hex()})
    return runs, findings


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("findings.json"))
    asked = parser.parse_args()
    runs, findings = fuzz(60 * asked.minutes, asked.seed)
    asked.out.write_text(json.dumps({"executions": runs, "findings": findings}, indent=2) + "\n", encoding="utf-8")
    print(f"{sum(runs.values()):,} executions, {len(findings):,} findings -> {asked.out}")
    for one in {(f["reader"], f["fault"][:120]) for f in findings}:
        print(*one)
