"""`rarml models verify` lists the findings of the audit, and a leak is a fault."""

import pytest

from rarml.evaluation.audit import Finding
from rarml.workflows import verify
from rarml.workflows.verify import Verified


@pytest.fixture
def verified(monkeypatch, tmp_path):
    """Let `verify` answer with these findings, for any folder."""
    (tmp_path / "bundle.json").write_text("{}")

    def say(*verdicts: str, again: bool = True):
        findings = [Finding(f"check {i}", verdict, f"found {i}.") for i, verdict in enumerate(verdicts)]
        monkeypatch.setattr(verify, "verify", lambda path, atlas: Verified("mine", "mine: whole", findings, again))
        return tmp_path

    return say


def test_a_leak_is_listed_and_then_a_fault(rarml, verified):
    found = rarml("models", "verify", verified("pass", "fail", "warn"))
    assert "the leakage audit failed for mine (check 1)" in found.fault()
    assert "leakage audit FAILED: 1 pass, 1 warn, 1 fail" in found.out
    assert "✗ FAIL" in found.out
    assert "check 1: found 1." in found.out


def test_an_honest_model_is_listed_without_a_fault(rarml, verified):
    found = rarml("models", "verify", verified("pass", "not checked"))
    assert (found.status, found.err) == (0, "")
    assert "leakage audit passed: 1 pass, 1 not checked" in found.out
    elsewhere = rarml("models", "verify", verified("pass", again=False))
    assert "not checked here: another atlas" in elsewhere.out


def test_a_model_is_held_against_the_atlas_that_is_named(rarml, monkeypatch, tmp_path):
    (tmp_path / "bundle.json").write_text("{}")
    asked = []
    monkeypatch.setattr(
        verify, "verify", lambda path, atlas: asked.append(atlas) or Verified("mine", "mine: whole", [], True)
    )
    rarml("models", "verify", tmp_path, "--atlas", tmp_path / "my-reference")
    rarml("models", "verify", tmp_path)
    assert asked == [tmp_path / "my-reference", None]
