"""Two `rarml tune` processes on one PostgreSQL database share a study; the dashboard opens it.

The server is one of the machine's own (`initdb`, `postgres`; ``apt-get install postgresql``, which `.ci/run` does),
made for the test in a folder of its own and reached by a socket there; without it, or without the driver (extra
`postgres`), the test is skipped.
"""

import getpass
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

SPACE = "n_trials: 6\nspace:\n  model.gradient.max_depth: {type: int, low: 1, high: 4}\n"
TOTAL = 6


@pytest.fixture(scope="module")
def database():
    """The URL of a fresh database of a server that runs as long as the tests of this file."""
    initdb, postgres = _program("initdb"), _program("postgres")
    if initdb is None or postgres is None:
        pytest.skip("PostgreSQL (initdb, postgres) is not installed")
    pytest.importorskip("psycopg", reason="the driver of PostgreSQL is not installed (extra postgres)")
    user = _server_user()
    # a socket's path must be short, shorter than a folder of pytest
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = {"user": user.pw_uid, "group": user.pw_gid} if os.getuid() == 0 else {}
        data = f"{folder}/data"
        made = [initdb, "--pgdata", data, "--auth", "trust", "--username", "rarml", "--no-sync"]
        subprocess.run(made, check=True, capture_output=True, cwd=folder, **as_user)
        started = [postgres, "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"]
        server = subprocess.Popen(started, stderr=subprocess.DEVNULL, cwd=folder, **as_user)
        try:
            yield _answering(f"postgresql+psycopg://rarml@/postgres?host={folder}", server)
        finally:
            server.send_signal(signal.SIGINT)  # does not wait for connections that are open
            server.wait(timeout=30)


def test_two_workers_share_a_study_and_its_total(table, quick, tmp_path, database):
    space = tmp_path / "space.yaml"
    space.write_text(SPACE)
    given = [sys.executable, "-m", "rarml.cli.app", "tune", str(table()), "--config", str(quick), "--space", str(space)]
    given += ["--no-nested", "--storage", database, "--study", "shared"]
    workers = [
        subprocess.Popen([*given, "--out", str(tmp_path / name)], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
        for name in ("one", "two")
    ]
    ended = [worker.communicate(timeout=300) for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0], ended
    found = _trials(database)
    assert sum(state == "COMPLETE" for _, state in found) in (TOTAL, TOTAL + 1)  # the two may both begin the last one
    assert len({number for number, _ in found}) == len(found)
    best = {(tmp_path / name / "best.yaml").read_text().split("model:")[1] for name in ("one", "two")}
    assert len(best) == 1


def test_the_dashboard_opens_the_shared_study(database):
    dashboard = pytest.importorskip("optuna_dashboard", reason="the dashboard is not installed (extra dashboard)")
    import optuna

    app = dashboard.wsgi(optuna.storages.RDBStorage(database))
    said = []
    body = b"".join(app(_request("/api/studies"), lambda status, *_rest: said.append(status)))
    assert said[0].startswith("200")
    assert b"shared" in body


def _program(name: str) -> str | None:
    """On the path, or where Debian and Ubuntu keep it."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(kept[-1]) if kept else None)


def _server_user() -> pwd.struct_passwd:
    """The user to run the server as: it refuses to be root."""
    if os.getuid() != 0:
        return pwd.getpwnam(getpass.getuser())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("PostgreSQL refuses to run as root, and there is no user postgres")


def _answering(url: str, server: subprocess.Popen) -> str:
    import psycopg

    end = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(url.replace("+psycopg", "")).close()
            return url
        except psycopg.OperationalError:
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.2)


def _trials(url: str) -> list[tuple[int, str]]:
    import optuna

    (name,) = [name for name in optuna.get_all_study_names(url) if name.startswith("shared")]
    return [(trial.number, trial.state.name) for trial in optuna.load_study(study_name=name, storage=url).trials]


def _request(path: str) -> dict:
    from wsgiref.util import setup_testing_defaults

    environ: dict = {"PATH_INFO": path, "REQUEST_METHOD": "GET"}
    setup_testing_defaults(environ)
    return environ
