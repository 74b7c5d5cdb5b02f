"""A wrong command line is one line with the way out; a reader that goes away or an interrupt is no fault."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

COMMAND = [sys.executable, "-m", "rarml.cli.app"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scroe", "TP53"], "No such command 'scroe'.*--help"),
        (["score"], r"(?i)Missing argument 'genes(?:\.\.\.)?' \(see rarml score --help\)"),
        (["score", "TP53", "--modle", "nb4"], "No such option:? '?--modle.*--model"),
        (["train", "--seed", "abc"], r"--seed.*\(see rarml train --help\)"),
        (["score", "TP53", "--top", "0"], "'--top'"),
        (["score", "TP53", "--level", "90"], "'--level'"),
        (["score", "TP53", "--prevalence", "up=5%"], r"--prevalence: is not a share .*'up=5%' \(give shares between"),
        (["score", "TP53", "--prevalence", "up=.7,down=.4"], r"--prevalence: the shares sum to 1.1"),
        (["compare"], "Missing argument"),
        (["check"], r"nothing to check .*--counts"),
        (["models", "shw"], r"No such command 'shw'.*\(see rarml models --help\)"),
        (["compare", "nb4"], "at least two models .*rarml models list"),
        (["train"], "no label table was given .*name a table"),
        (["score", ""], "no gene was named"),
        (["score", "-"], "standard input: holds no gene"),
        (
            ["score", "NOT-A-GENE", "ENSMUSG00000059552"],
            "none of the 2 names is a human gene .*'NOT-A-G.*--orthologues",
        ),
        (["train", "mcf-7", "--min-agree", "2"], "--min-agree is for tables, and 'mcf-7' is a model"),
    ],
)
def test_one_line_names_the_fault_and_the_way_out(rarml, arguments, said):
    fault = rarml(*arguments).fault()
    assert re.search(said, fault), fault


@pytest.mark.parametrize("arguments", [[], ["models"]])
def test_no_arguments_show_the_help(rarml, arguments):
    found = rarml(*arguments)
    assert "Usage" in found.out
    assert "rarml: error" not in found.err


def test_the_installed_command_gives_the_same_line_and_status(tmp_path):
    done = subprocess.run([*COMMAND, "score", str(tmp_path / "no.txt")], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == f"rarml: error: {tmp_path / 'no.txt'}: no such gene list (check the path)\n"


def test_a_reader_that_has_gone_is_no_fault():
    running = subprocess.Popen([*COMMAND, "models", "show", "nb4"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    running.stdout.close()
    assert (running.wait(60), running.stderr.read()) == (0, b"")


def test_an_interrupted_training_leaves_nothing_behind(tmp_path, table):
    path = table()
    environment = {**os.environ, "RARML_THREADS": "1"}
    command = [*COMMAND, "train", str(path), "--stand-in", "SH-SY5Y", "--out", str(tmp_path / "model")]
    # a shell that runs tests in the background ignores interrupts, and children inherit that
    running = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    line = running.stderr.readline()  # the inputs are read, the training begins
    time.sleep(2)
    running.send_signal(signal.SIGINT)
    left = running.stderr.read()
    assert line.startswith("note: ")
    assert running.wait(60) == 130
    assert left.splitlines()[-1] == "rarml: stopped; nothing half-written was left behind"
    assert "Traceback" not in left
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_fault_of_the_machine_is_one_line_too(rarml, tmp_path, monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device", str(tmp_path / "answers"))

    monkeypatch.setattr("rarml.workflows.score_output.score_html", full)
    fault = rarml("score", "TP53", "-m", "mcf-7", "--out", tmp_path / "answers").fault()
    why = "cannot be written: No space left on device (make room there, or choose another --out)"
    assert fault == f"rarml: error: {tmp_path / 'answers'}: {why}"
    assert list(tmp_path.iterdir()) == []


def test_help_says_what_is_taken_where_nothing_is_given(rarml):
    """Words in square brackets would be taken for markup, and left out."""
    shown = " ".join(rarml("score", "--help").out.replace("│", " ").split())
    assert "Model folder or shipped name; repeatable (default: all shipped)" in shown
