"""Fixtures of the reports: example contents, a strict reader of pages, and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from rarml.report.content import CompareContent, ScoreContent, TrainContent
from tests.browser import Browser, find_chromium
from tests.report.example_compare import compare_content
from tests.report.example_score import score_content
from tests.report.example_train import evaluation_example, train_content
from tests.report.pages import read_strictly


@pytest.fixture(scope="session")
def score_example() -> ScoreContent:
    return score_content()


@pytest.fixture(scope="session")
def compare_example() -> CompareContent:
    return compare_content(400)


@pytest.fixture(scope="session")
def train_example() -> TrainContent:
    return train_content(800)


@pytest.fixture(scope="session")
def judged_example() -> TrainContent:
    return replace(train_content(800), evaluation=evaluation_example())


@pytest.fixture(scope="session")
def read_page():
    """Parse a report and check what every report owes its reader."""
    return read_strictly


@pytest.fixture(scope="session")
def many_genes() -> ScoreContent:
    return score_content(500, 4)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium for the whole session (see `tests.browser`)."""
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium found (install one, or name it in CHROMIUM)")
    running = Browser(program)
    yield running
    running.close()
