"""Runs `rarml` in forked children that need not import anything first: a kill then falls into the work itself.

Reads one JSON line per run (``{"argv": […], "cwd": …}``), answers ``{"pid": n}`` and, when it ended, ``{"status": n}``.
Each child leads a process group of its own. Nothing is computed before the fork, so no thread is lost by it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

NEEDED = (
    "matplotlib.pyplot",
    "optuna",
    "torch",
    "xgboost",
    "rarml.workflows.reference",
    "rarml.workflows.score_output",
    "rarml.workflows.train",
    "rarml.workflows.tune_output",
)


def main() -> None:
    """Serve until standard input ends."""
    for name in NEEDED:
        importlib.import_module(name)
    from rarml.cli.app import main as rarml

    for line in iter(sys.stdin.readline, ""):
        given = json.loads(line)
        child = os.fork()
        if child == 0:
            _child(given, rarml)
        print(json.dumps({"pid": child}), flush=True)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status)}), flush=True)


def _child(given: dict[str, Any], rarml: Callable[[], None]) -> None:
    os.setpgid(0, 0)
    os.chdir(given["cwd"])
    nothing, said = os.open(os.devnull, os.O_RDWR), os.open(given["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for old, new in ((0, nothing), (1, nothing), (2, said)):
        os.dup2(new, old)
    sys.argv = ["rarml", *given["argv"]]
    status = 0
    try:
        rarml()
    except SystemExit as stop:
        status = int(stop.code or 0)
    except BaseException:  # a traceback is what the driver looks for
        traceback.print_exc()
        status = 1
    os._exit(status)


if __name__ == "__main__":
    main()
