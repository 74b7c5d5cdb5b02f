"""Types the blocks of a page, in order, in one folder, as a reader would in one terminal and one Python session.

Every command is a `bash` of its own; the folder it ends in and what it exports are carried to the next one. ``rarml``
and ``python`` are those of the tests. Nothing is looked up on the network: addresses that are not this machine's are
led to a port where nobody listens.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import textwrap
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from tests.docs.pages import REPO, Block, Page

HERE = Path(__file__).resolve().parent
_PATIENCE = 600.0
_CARRY = """
trap '{{ printf "cd %q\\n" "$PWD"; export -p; }} > {state}' EXIT
if [ -f {state} ]; then . {state}; fi
set -o pipefail
{command}
"""


class DocsFault(AssertionError):
    """A block of a page that does not do what the page says."""


class Server:
    """The process of `server.py`; `close` ends it."""

    def __init__(self, folder: Path) -> None:
        self.place = folder / "s"
        environment = {**os.environ, "PYTHONPATH": str(REPO), "RARML_THREADS": "2", "OMP_WAIT_POLICY": "PASSIVE"}
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "server.py"), str(self.place)], stdin=subprocess.PIPE, env=environment
        )
        until = time.monotonic() + 300
        while not self.place.exists():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the server of the pages did not start")
            time.sleep(0.05)

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Session:
    """A terminal and a Python in one folder; ends what it started.

    Parameters
    ----------
    folder : Path
        Where the reader is.
    state : Path
        An empty folder of its own for what no reader sees.
    server : Server
        Runs `rarml`.
    """

    def __init__(self, folder: Path, state: Path, server: Server) -> None:
        self.folder, self.state, self.server = folder, state, server
        programs = state / "bin"
        programs.mkdir(parents=True)
        python = shlex.quote(sys.executable)
        _program(programs / "rarml", f'exec {python} -I -S {HERE / "client.py"} {server.place} "$@"')
        for name in ("python", "python3"):
            _program(programs / name, f'exec {python} "$@"')
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV_"))},
            "PATH": os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
            "PYTHONPATH": str(REPO),
            "HOME": str(state),
            "RARML_THREADS": "2",
            "OMP_WAIT_POLICY": "PASSIVE",
            "NO_COLOR": "1",
            **dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY", "HTTP_PROXY"), "http://127.0.0.1:9"),
            "NO_PROXY": "127.0.0.1,localhost",
        }
        self._groups: list[int] = []
        self._python: _Python | None = None

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._python is not None:
            self._python.close()
        for group in self._groups:  # what a page put into the background
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def run(self, page: Page, block: Block) -> None:
        """Do what a block says.

        Raises
        ------
        DocsFault
            Names page, line and command, and shows the output.
        """
        place = f"{page.name}:{block.line}"
        if block.language == "python":
            if self._python is None:
                self._python = _Python(self)
            self._python.run(place, textwrap.dedent("\n".join(block.lines)))
            return
        commands = block.commands()
        for number, (command, shown) in enumerate(commands, 1):
            wanted = block.status if number == len(commands) else 0
            status, output = self.type(command)
            if status != wanted:
                raise DocsFault(f"{place}: exit status {status} in place of {wanted}\n$ {command}\n{output}")
            if block.compared:
                missing = first_missing(shown, output)
                if missing is not None:
                    raise DocsFault(f"{place}: not printed: {missing!r}\n$ {command}\n{output}")

    def type(self, command: str) -> tuple[int, str]:
        """Exit status and output (both streams) of a command line."""
        script = _CARRY.format(state=self.state / "carried", command=command)
        log = self.state / "output"
        with log.open("wb") as out:
            process = subprocess.Popen(
                ["bash", "-c", script],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._groups.append(process.pid)
            try:
                status = process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                return 124, f"no end after {_PATIENCE:.0f} s\n" + log.read_text(encoding="utf-8", errors="replace")
        return status, log.read_text(encoding="utf-8", errors="replace")


class _Python:
    """The Python session of a page."""

    def __init__(self, session: Session) -> None:
        self._log = session.state / "python-output"
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._line.connect(str(session.server.place))
        asked = {"run": "python", "argv": [], "cwd": str(session.folder), "environment": session.environment}
        theirs, self._write = os.pipe()
        self._read, answers = os.pipe()
        with self._log.open("wb") as log:
            data = json.dumps(asked).encode() + b"\n"
            sent = socket.send_fds(self._line, [data], [theirs, answers, log.fileno()])
            self._line.sendall(data[sent:])
        os.close(theirs)
        os.close(answers)
        self._answers = os.fdopen(self._read, encoding="utf-8")

    def run(self, place: str, code: str) -> None:
        data = json.dumps({"code": code, "name": place}).encode() + b"\n"
        while data:
            data = data[os.write(self._write, data) :]
        answer = self._answers.readline()
        fault = json.loads(answer) if answer else "the Python of this page ended"
        if fault:
            printed = self._log.read_text(encoding="utf-8", errors="replace")
            raise DocsFault(f"{place}: the Python block fails\n{code}\n{printed}\n{fault}")

    def close(self) -> None:
        self._line.close()
        os.close(self._write)
        self._answers.close()


def missing_package(block: Block) -> str | None:
    """The package beyond rarml's own that a block needs and that is not installed."""
    return block.package if block.package is not None and find_spec(block.package) is None else None


def first_missing(shown: list[str], output: str) -> str | None:
    """The first line shown that the output does not have in its place; `…` or `...` stands for any lines.

    Lines are compared with runs of spaces as one; empty lines do not count.
    """
    said = [" ".join(line.split()) for line in output.splitlines() if line.strip()]
    at, anywhere = 0, False
    for line in (" ".join(one.split()) for one in shown if one.strip()):
        if line in ("…", "..."):
            anywhere = True
            continue
        found = next((i for i in range(at, len(said)) if said[i] == line), None)
        if found is None or (found != at and not anywhere):
            return line
        at, anywhere = found + 1, False
    return None


def _program(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)
