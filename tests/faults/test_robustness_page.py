"""The page of numbers says what was counted, and what was counted is what the tests hold now."""

import importlib.util
from collections import Counter
from pathlib import Path

import pytest
from corpus import cases
from readers import readers
from tamper_verdicts import kinds

REPO = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("robustness_table", REPO / "experiments" / "robustness_table.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_page_is_made_of_the_counts(script):
    assert script.OUT.read_text(encoding="utf-8") == script.page()


def test_counted_cases_are_those_of_the_corpus(script):
    counted = {reader: row["tried"] for reader, row in script.read("faults")["corpus"].items()}
    assert counted == Counter(case.reader for case in cases())


def test_counted_tampering_is_that_of_the_tests(script):
    counted = {kind: row["tried"] for kind, row in script.read("tampering").items()}
    assert counted == {name: len(kind.cases) for name, kind in kinds().items()}
    assert set(script.KINDS) == set(counted)


def test_nothing_slipped_through(script):
    for row in (*script.read("faults")["corpus"].values(), *script.read("tampering").values()):
        assert sum(count for name, count in row.items() if name != "tried") == 0


def test_every_reader_was_fuzzed(script):
    runs = script.read("faults")["fuzz"]["runs"]
    executions = sum((Counter(run["executions"]) for run in runs), Counter())
    assert set(executions) == set(readers())
    assert min(executions.values()) > 1000
