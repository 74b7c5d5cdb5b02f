"""One reader under atheris, in a process of its own: `fuzz_guided.py READER FOLDER SECONDS SEED`.

The folder holds `input` (the file being read, so that a death leaves its cause behind) and `state.json`: executions,
findings, and whether the run came to its end.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import atheris

with atheris.instrument_imports(include=["rarml"]):
    import rarml.core.files
    import rarml.core.settings
    import rarml.labels.dialects
    import rarml.labels.gene_sets
    import rarml.labels.orthologues
    import rarml.labels.statuses
    import rarml.labels.table
    import rarml.reference.annotation
    import rarml.reference.bigwig
    import rarml.reference.expression
    import rarml.reference.gene_info
    import rarml.reference.gene_table
    import rarml.reference.genome
    import rarml.reference.peaks
    import rarml.reference.samples
    import rarml.reference.spec
    import rarml.training.pretrain
    import rarml.workflows.export_scores
    import rarml.workflows.scan_sources
    import rarml.workflows.settings
    import rarml.workflows.tune_settings  # noqa: F401

from fuzz import attempt, seeds
from mutate import LARGEST, mutated
from readers import readers

_SLOWEST = 20  # seconds for one small file
_MOST_MEMORY = 8 << 30  # bytes of address space beyond which a request fails


class _Run:
    def __init__(self, name: str, folder: Path, seconds: float):
        self.reader, self.folder = readers()[name], folder
        self.known = seeds(self.reader)
        self.end = time.monotonic() + seconds
        self.content: dict[str, Any] = {"executions": 0, "findings": [], "ended": False}
        self.seen: set[str] = set()
        (folder / "files").mkdir()

    def save(self) -> None:
        (self.folder / "state.new").write_text(json.dumps(self.content))
        (self.folder / "state.new").replace(self.folder / "state.json")

    def one(self, data: bytes) -> None:
        if time.monotonic() > self.end:
            self.content["ended"] = True
            self.save()
            os._exit(0)
        data = data or b"\n"
        (self.folder / "input").write_bytes(data)
        signal.alarm(_SLOWEST)
        said = attempt(self.reader, data, self.folder / "files" / self.reader.file)
        signal.alarm(0)
        self.content["executions"] += 1
        if said and said[:60] not in self.seen:
            self.seen.add(said[:60])
            self.content["findings"].append({"reader": self.reader.name, "fault": said, "input": data.hex()})
        if said or self.content["executions"] % 200 == 0:
            self.save()

    def change(self, data: bytes, most: int, seed: int) -> bytes:
        rng = random.Random(seed)
        if rng.random() < 0.3:
            return bytes(atheris.Mutate(data, most))
        start = rng.choice(self.known) if rng.random() < 0.1 else data
        return mutated(start or b"\n", rng, self.known)[:most]


def _too_slow(number: int, frame: Any) -> None:
    raise TimeoutError(f"one file took {_SLOWEST} s: {''.join(traceback.format_stack(frame)[-2:])[:300]}")


def main(name: str, folder: Path, seconds: float, seed: int) -> None:
    """Run until the time is over; ends the process."""
    run = _Run(name, folder, seconds)
    run.save()
    known = folder / "seeds"
    known.mkdir()
    for number, content in enumerate(run.known):
        (known / str(number)).write_bytes(content)
    signal.signal(signal.SIGALRM, _too_slow)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    options = [f"-seed={seed + 1}", f"-max_len={LARGEST}", f"-artifact_prefix={folder}/", "-rss_limit_mb=3000"]
    options += ["-verbosity=0"]
    atheris.Setup([sys.argv[0], *options, str(known)], run.one, custom_mutator=run.change)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
