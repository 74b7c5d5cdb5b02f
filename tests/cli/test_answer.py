"""--json, --quiet, exit statuses, colour and completion: what a script or a shell meets."""

import json
import os
import pty
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from rarml.cli.answer import FORMAT, plain
from rarml.cli.exit_codes import ExitCode

KEYS = {"format", "rarml", "command", "notes", "written", "result"}
COMMANDS = {
    "score": ("CYP26A1", "nosuch", "-m", "mcf-7"),
    "models list": (),
    "models show": ("mcf-7",),
    "check": (),
    "explain": ("DHRS3", "-m", "mcf-7"),
    "enrich": ("CYP26A1", "DHRS3", "RARB", "HIC1", "TGM2", "--model", "mcf-7"),
    "export": ("mcf-7", "--format", "gmt", "--out", "out"),
    "scan": ("a.fa", "--out", "sites.bed"),
    "init": ("de.csv", "--out", "my.yaml"),
    "reference info": (),
}
RESULTS = {
    "score": {"genes", "names", "sites", "level"},
    "models list": {"models"},
    "models show": {"name", "folder", "cell_type", "card", "metrics"},
    "check": {"files"},
    "explain": {"cards", "unanswered"},
    "enrich": {"genes", "matched_genes", "types", "without_an_answer"},
    "export": {"folder", "genes", "models"},
    "scan": {"sites_file", "sites", "elements", "by_type", "sequences", "bases"},
    "init": {"configuration", "seen"},
    "reference info": {"folder", "assembly", "genes", "digest", "blocks"},
}


@pytest.fixture
def here(tmp_path, monkeypatch, table):
    monkeypatch.chdir(tmp_path)
    table("de.csv")
    (tmp_path / "a.fa").write_text(">a\nTTTAGGTCACCAAAAGGTCATTT\n")
    return tmp_path


def arguments(command):
    from rarml.bundle.registry import shipped_atlas

    own = {"check": ("de.csv",), "reference info": (shipped_atlas(),)}
    return (*command.split(), *own.get(command, COMMANDS[command]))


@pytest.mark.parametrize("command", COMMANDS)
def test_json_is_one_document_and_quiet_is_silence(rarml, here, command):
    done = rarml(*arguments(command), "--json")
    assert done.status == 0, done.err
    said = json.loads(done.out, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert set(said) == KEYS
    assert (said["format"], said["command"]) == (FORMAT, command)
    assert RESULTS[command] <= set(said["result"])
    assert done.out.isascii()
    assert "\x1b" not in done.out + done.err
    more = ["--overwrite"] if command in ("export", "scan", "init") else []
    quiet = rarml(*arguments(command), "--quiet", *more)
    assert (quiet.status, quiet.out, quiet.err) == (0, "", "")


def test_notes_and_written_paths_are_told(rarml, here):
    said = json.loads(rarml("score", "CYP26A1", "nosuch", "-m", "mcf-7", "--json", "--out", "answers").out)
    assert any("nosuch" in note for note in said["notes"])
    assert "answers/report.html" in said["written"]
    rows = said["result"]["genes"]
    assert [row["query"] for row in rows] == ["CYP26A1", "nosuch"]
    assert rows[1]["p_up"] is None
    assert len(str(rows[0]["p_up"])) <= 9  # not the digits of a single in double precision


def test_both_options_give_json_and_no_notes(rarml, here):
    done = rarml("score", "nosuch", "CYP26A1", "-m", "mcf-7", "--json", "--quiet")
    assert json.loads(done.out)["result"]["genes"]
    assert done.err == ""


def test_faults_are_one_line_and_no_document(rarml, here):
    for option in ("--json", "--quiet"):
        failed = rarml("score", "CYP26A1", "-m", "mcf-8", option)
        assert "did you mean 'mcf-7'" in failed.fault()
        assert failed.out == ""


def test_a_result_that_could_not_be_written_is_not_printed(rarml, here, monkeypatch):
    import rarml.workflows.score_output as output
    from rarml.core.errors import InputError

    def full(*given, **named):
        raise InputError("cannot be written", where="answers")

    monkeypatch.setattr(output, "write_scores", full)
    failed = rarml("score", "DHRS3", "-m", "mcf-7", "--json", "--out", "answers")
    assert "answers: cannot be written" in failed.fault()
    assert failed.out == ""


def test_check_says_in_json_which_file_failed(rarml, here):
    done = rarml("check", "de.csv", "nowhere.csv", "--json")
    assert done.status == ExitCode.MISTAKE
    assert [one["usable"] for one in json.loads(done.out)["result"]["files"]] == [True, False]


def test_values_that_json_has_no_word_for():
    table = pd.DataFrame({"a": [1.0, np.nan, np.inf], "b": ["x", None, pd.NA], "c": np.float32([0.1633, 2, 3])})
    rows = plain(table)
    assert rows[0] == {"a": 1.0, "b": "x", "c": 0.1633}
    assert rows[1] == {"a": None, "b": None, "c": 2.0}
    assert rows[2]["a"] is None
    assert plain({"n": np.int64(3), "p": np.array([1.5, np.nan]), "t": (True,)}) == {
        "n": 3,
        "p": [1.5, None],
        "t": [True],
    }


def test_exit_statuses():
    assert [int(code) for code in ExitCode] == [0, 1, 2, 130]


def test_the_help_states_them(rarml):
    shown = rarml("--help").out
    assert "Exit status: 0 done" in " ".join(shown.split())


def in_terminal(*words, **environment):
    """What a command writes to a terminal."""
    parent, child = pty.openpty()
    own = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    command = [sys.executable, "-m", "rarml", *words]
    with subprocess.Popen(
        command, stdin=child, stdout=child, stderr=child, env={**own, "TERM": "xterm-256color", **environment}
    ) as process:
        os.close(child)
        parts = []
        while True:
            try:
                part = os.read(parent, 65536)
            except OSError:
                break
            if not part:
                break
            parts.append(part)
    os.close(parent)
    return b"".join(parts).decode(), process.returncode


@pytest.mark.slow
def test_colour_is_for_terminals_that_want_it():
    import re

    colour = re.compile(r"\x1b\[[0-9;]*(3[0-8]|4[0-8]|9[0-7])[0-9;]*m")
    shown, status = in_terminal("--help")
    assert status == 0
    assert colour.search(shown)
    assert not colour.search(in_terminal("--help", NO_COLOR="1")[0])
    assert not colour.search(in_terminal("models", "list", NO_COLOR="1")[0])
    piped = subprocess.run([sys.executable, "-m", "rarml", "--help"], capture_output=True, check=True)
    assert b"\x1b" not in piped.stdout


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_and_models(shell, tmp_path):
    def complete(words):
        asked = {"bash": {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}}.get(
            shell, {"_TYPER_COMPLETE_ARGS": words, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
        )
        code = "import sys; sys.argv = ['rarml']; from rarml.cli.app import main; main()"
        ran = subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "_RARML_COMPLETE": f"complete_{shell}", **asked},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return ran.stdout

    assert "explain" in complete("rarml exp")
    assert "export" in complete("rarml exp")
    assert "mcf-7" in complete("rarml score X --model mc")
    assert "sh-sy5y" in complete("rarml compare sh")
    script = subprocess.run(
        [sys.executable, "-c", "from rarml.cli.app import main; main()", "--show-completion", shell],
        env={**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "_RARML_COMPLETE" in script or "complete" in script
    if shutil.which(shell):
        (tmp_path / "script").write_text(script)
        subprocess.run([shell, "-n", str(tmp_path / "script")], check=True)
