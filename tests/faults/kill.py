"""SIGKILL at random moments of train, tune, reference build and score: what is left, and what the same command makes.

    python tests/faults/kill.py --kills 50 OUT.json [--commands train tune score reference] [--folder WORK]

Of each command, every second target is fresh, the others hold an earlier whole result that ``--overwrite`` is to
replace. A target is killed one to three times in a row, each time at a moment drawn from the whole duration of a run
(and a little more), and looked at after every kill; only kills that met a running process count. Then the same command
is left to finish and its result compared, byte for byte, with that of a run that was not disturbed. Most runs are forks
of a process that has imported everything (`zygote.py`); every tenth kill meets a process of its own, started as a user
does.

Counted per command:

``losses``
    an earlier whole result is gone or changed, and no whole new one stands in its place;
``partials``
    something stands at the target that is neither the earlier nor the new whole result;
``resumed_differs``
    the same command afterwards failed, or its result is not that of an undisturbed run;
``litter``
    anything is left beside the target after that.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from kill_inputs import make_inputs

REPO = Path(__file__).resolve().parents[2]
MOST_IN_A_ROW, REAL_EVERY, PATIENCE = 3, 10, 600
REAL_START = 6.0  # seconds that a process of its own needs for its imports

NOT_COMPARED = {"study.journal"}  # Optuna's log of the search: start times and the name of the worker


@dataclass(frozen=True)
class Command:
    """One command line, what makes the earlier result, and how to go on after a kill."""

    name: str
    new: tuple[str, ...]
    earlier: tuple[str, ...]
    resume: Callable[[Path], tuple[str, ...]] = lambda _out: ()


@dataclass
class Row:
    """Counts of one command."""

    kills: int = 0
    real: int = 0
    ended_before: int = 0
    fresh: int = 0
    losses: int = 0
    partials: int = 0
    finished: int = 0
    resumed_differs: int = 0
    litter: int = 0
    seconds_undisturbed: float = 0.0
    faults: list[str] = field(default_factory=list)


def commands(inputs: Path) -> dict[str, Command]:
    """The four, on the inputs of `make_inputs`."""
    atlas = ("--atlas", str(inputs / "atlas"), "--threads", "1")
    quick, other = str(inputs / "quick.yaml"), str(inputs / "other.yaml")
    train = ("train", str(inputs / "de.csv"), "--name", "made-up", *atlas, "--config")
    tune = ("tune", str(inputs / "de.csv"), *atlas, "--no-nested", "--space", str(inputs / "space.yaml"), "--config")
    score = ("score", "--model", str(inputs / "model"), "--atlas", str(inputs / "atlas"))
    build = ("reference", "build")

    def go_on(out: Path) -> tuple[str, ...]:
        return ("--resume",) if (out.with_name(f"{out.name}.unfinished") / "study.journal").is_file() else ()

    return {
        "train": Command("train", (*train, quick), (*train, other)),
        "tune": Command("tune", (*tune, quick), (*tune, other), go_on),
        "score": Command("score", (*score, str(inputs / "genes.txt")), (*score, str(inputs / "fewer.txt"))),
        "reference": Command(
            "reference build", (*build, str(inputs / "spec.yaml")), (*build, str(inputs / "spec-other.yaml"))
        ),
    }


class Runner:
    """Starts rarml: forked from a process that is ready, or as a process of its own."""

    def __init__(self) -> None:
        self._environment = {**os.environ, "PYTHONPATH": str(REPO), "OMP_WAIT_POLICY": "PASSIVE"}
        self._zygote = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("zygote.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self._environment,
        )

    def run(self, argv: tuple[str, ...], cwd: Path, *, kill_after: float | None = None, real: bool = False) -> int:
        """Run to the end, or to the kill; the exit status (-9: killed)."""
        if real:
            return self._own(argv, cwd, kill_after)
        assert self._zygote.stdin is not None
        line = {"argv": argv, "cwd": str(cwd), "log": str(cwd / "log")}
        print(json.dumps(line), file=self._zygote.stdin, flush=True)
        child = self._answer("pid")
        if kill_after is not None:
            time.sleep(kill_after)
            _kill(child)
        return self._answer("status")

    def _own(self, argv: tuple[str, ...], cwd: Path, kill_after: float | None) -> int:
        with (cwd / "log").open("w") as log:
            started = subprocess.Popen(
                [sys.executable, "-m", "rarml", *argv],
                cwd=cwd,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
            try:
                return started.wait(kill_after if kill_after is not None else PATIENCE)
            except subprocess.TimeoutExpired:
                _kill(started.pid)
                return started.wait()

    def _answer(self, key: str) -> int:
        assert self._zygote.stdout is not None
        return int(json.loads(self._zygote.stdout.readline())[key])

    def close(self) -> None:
        """End the ready process."""
        assert self._zygote.stdin is not None
        self._zygote.stdin.close()
        self._zygote.wait(30)


def _kill(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
        os.killpg(leader, signal.SIGKILL)


def content(folder: Path) -> dict[str, str] | None:
    """SHA-256 per file; None where nothing (or an empty folder) stands."""
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    return {path.relative_to(folder).as_posix(): _digest(path) for path in files} or None


def _digest(path: Path) -> str:
    if path.name in NOT_COMPARED:
        return "there"
    return hashlib.sha256(path.read_bytes()).hexdigest()


def kill_many(
    command: Command, kills: int, folder: Path, runner: Runner, seed: int, say: Callable[[Row], None], real_every: int
) -> Row:
    """Kill a command `kills` times."""
    rng, row = random.Random(f"{seed} {command.name}"), Row()
    base = folder / command.name.replace(" ", "-")
    for name in ("first", "whole"):  # the first one warms the file cache
        out = base / name / "out"
        out.parent.mkdir(parents=True)
        began = time.monotonic()
        assert runner.run((*command.new, "--out", "out"), out.parent) == 0, (out.parent / "log").read_text()
        row.seconds_undisturbed = round(time.monotonic() - began, 2)
    whole = content(out)
    assert content(base / "first" / "out") == whole, "two undisturbed runs differ"
    earlier = base / "earlier" / "out"
    earlier.parent.mkdir()
    assert runner.run((*command.earlier, "--out", "out"), earlier.parent) == 0, (earlier.parent / "log").read_text()
    before = content(earlier)
    assert whole is not None
    assert before is not None
    assert whole != before
    duration, target = row.seconds_undisturbed, 0
    while row.kills < kills:
        target += 1
        place = base / str(target)
        place.mkdir()
        fresh = target % 2 == 1
        if not fresh:
            shutil.copytree(earlier, place / "out")
        stood = content(place / "out")
        for _ in range(min(rng.randint(1, MOST_IN_A_ROW), kills - row.kills)):
            again = command.resume(place / "out") if fresh else ("--overwrite",)
            if fresh and content(place / "out") == whole:
                break  # it was whole before the kill came: nothing is left to disturb
            real = (row.kills + 1) % real_every == 0  # tried again where it ended before the kill came
            most = duration * 1.05 + (REAL_START if real else 0)
            status = runner.run(
                (*command.new, "--out", "out", *again), place, kill_after=rng.uniform(0, most), real=real
            )
            hit = status == -signal.SIGKILL
            row.kills += hit
            row.real += real and hit
            row.fresh += fresh and hit
            row.ended_before += status == 0
            if status not in (0, -signal.SIGKILL):
                row.faults.append(f"target {target}: status {status}: {(place / 'log').read_text()[-300:]}")
                row.resumed_differs += 1
            now = content(place / "out")
            if now not in (stood, whole):
                if stood is not None and now is None:
                    row.losses += 1
                else:
                    row.partials += 1
                row.faults.append(f"target {target}: {sorted(now or {})[:5]} after a kill")
            elif now == whole:
                stood = whole
        took = _finish(command, place, whole, fresh, runner, row)
        duration = took or duration  # the machine may be busier or idler than it was
        shutil.rmtree(place)
        say(row)
    return row


def _finish(command: Command, place: Path, whole: dict[str, str], fresh: bool, runner: Runner, row: Row) -> float:
    """Give the same command once more and look at what it made; the seconds it took, 0 where all was whole."""
    out = place / "out"
    done = fresh and content(out) == whole
    if done and not _beside(place):
        return 0.0
    again = ("--overwrite",) if done or not fresh else command.resume(out)
    began = time.monotonic()
    status = runner.run((*command.new, "--out", "out", *again), place)
    took = time.monotonic() - began
    row.finished += 1
    after = content(out)
    if status or after != whole:
        row.resumed_differs += 1
        other = [name for name in {**whole, **(after or {})} if whole.get(name) != (after or {}).get(name)]
        said = (place / "log").read_text()[-300:]
        row.faults.append(f"{place.name}: status {status}, differs in {other[:5]}: {said}")
    if left := _beside(place):
        row.litter += 1
        row.faults.append(f"{place.name}: left {left}")
    return took


def _beside(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir() if path.name not in ("out", "log"))


def main() -> None:
    """Run the driver; exit status 1 if anything was lost, partial, different or left."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--kills", type=int, default=50, help="per command")
    parser.add_argument("--commands", nargs="+", default=["train", "tune", "score", "reference"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--real-every", type=int, default=REAL_EVERY)
    parser.add_argument("--folder", type=Path, help="work here [default: a temporary folder]")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kill") as temporary:
        rows = run(
            given.commands, given.kills, given.folder or Path(temporary), given.seed, given.out, given.real_every
        )
    for name, row in rows.items():
        print(name, {key: value for key, value in row.items() if key != "faults"}, *row["faults"], sep="\n  ")
    sys.exit(any(row["faults"] for row in rows.values()))


def run(
    names: list[str], kills: int, folder: Path, seed: int, out: Path | None = None, real_every: int = REAL_EVERY
) -> dict[str, dict]:
    """All commands one after another; rows by command, written to `out` as they grow."""
    inputs = folder / "inputs"
    known, runner, rows = commands(inputs), Runner(), {}
    try:
        if not inputs.exists():
            make_inputs(inputs)
            assert runner.run((*known["train"].new, "--out", "model"), inputs) == 0, (inputs / "log").read_text()
        for name in names:

            def say(row: Row, name: str = known[name].name) -> None:
                rows[name] = vars(row)
                if out is not None:
                    out.write_text(json.dumps({"seed": seed, "commands": rows}, indent=2) + "\n")

            say(kill_many(known[name], kills, folder, runner, seed, say, real_every))
    finally:
        runner.close()
    return rows


if __name__ == "__main__":
    main()
