"""Runs `rarml` and Python blocks in forked children of one process that has the libraries loaded.

A page runs a handful of commands, each of which would import for two or three seconds; so most of the time of all pages
together would go into imports. Nothing is computed before a fork: a child is what a new process would be, later.

As a program: ``python server.py SOCKET`` serves until its standard input ends. A client connects, sends one line of
JSON (``{"run": "rarml" | "python", "argv": […], "cwd": …, "environment": {…}}``) together with its standard streams,
and reads the exit status. ``client.py`` is what stands in for the program `rarml`.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any

# the command line comes first: it sets what has to be set before numpy loads
NEEDED = (
    "rarml.cli.app",
    "matplotlib.pyplot",
    "optuna",
    "torch",
    "xgboost",
    "sklearn.linear_model",
    "sklearn.model_selection",
    "rarml.workflows.check",
    "rarml.workflows.compare_output",
    "rarml.workflows.enrich",
    "rarml.workflows.explain_output",
    "rarml.workflows.export",
    "rarml.workflows.init",
    "rarml.workflows.reference",
    "rarml.workflows.scan",
    "rarml.workflows.score_output",
    "rarml.workflows.train",
    "rarml.workflows.tune_output",
    "rarml.workflows.verify",
)
LONGEST = 1 << 20


def main(place: str) -> None:
    """Serve on a Unix socket until standard input ends."""
    for name in NEEDED:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits: a child says its status itself
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(f"{place}.new")
        listening.listen(16)
        os.rename(f"{place}.new", place)  # who finds it finds it listening
        while True:
            ready, _, _ = select.select([listening, sys.stdin], [], [])
            if sys.stdin in ready:
                return
            connection, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _child(connection)
            connection.close()


def _child(connection: socket.socket) -> None:
    data, streams, _, _ = socket.recv_fds(connection, LONGEST, 3)
    while not data.endswith(b"\n"):
        data += connection.recv(LONGEST)
    given = json.loads(data)
    os.setsid()
    os.chdir(given["cwd"])
    os.environ.clear()
    os.environ.update(given["environment"])
    for new, old in enumerate(streams):
        os.dup2(old, new)
        os.close(old)
    sys.stdin, sys.stdout, sys.stderr = (open(n, "r" if n == 0 else "w", encoding="utf-8") for n in range(3))  # noqa: SIM115
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    status = _status(_rarml if given["run"] == "rarml" else _python, given)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # the reader has gone
            continue
    connection.sendall(f"{status}\n".encode())
    os._exit(status)


def _end_with(connection: socket.socket) -> None:
    """End with the client, which was killed or is a page that is done."""
    if not connection.recv(1):
        os.killpg(0, signal.SIGKILL)


def _status(work: Callable[[dict[str, Any]], None], given: dict[str, Any]) -> int:
    try:
        work(given)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:  # as Python itself would end
        traceback.print_exc()
        return 1
    return 0


def _rarml(given: dict[str, Any]) -> None:
    from rarml.cli.app import main as rarml

    sys.argv = ["rarml", *given["argv"]]
    rarml()


def _python(given: dict[str, Any]) -> None:
    """Blocks as lines of JSON on standard input, in one namespace; for each a line: '' or the traceback."""
    del given
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.path.insert(0, os.getcwd())
    space: dict[str, Any] = {"__name__": "__main__"}
    for line in iter(sys.stdin.readline, ""):
        block = json.loads(line)
        said = ""
        try:
            exec(compile(block["code"], block["name"], "exec"), space)
        except BaseException:
            said = traceback.format_exc()
        sys.stdout.flush()
        answers.write(json.dumps(said) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
    os._exit(0)  # at once: taking the libraries down takes seconds
