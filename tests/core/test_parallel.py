import pytest

from rarml.core.parallel import thread_count
from rarml.core.progress import track


def test_explicit_then_environment_then_machine(monkeypatch):
    monkeypatch.setenv("RARML_THREADS", "3")
    assert thread_count(5) == 5
    assert thread_count() == 3
    monkeypatch.setenv("RARML_THREADS", "many")
    assert thread_count() >= 1


def test_track_yields_everything_and_is_silent_without_a_terminal(capsys: pytest.CaptureFixture[str]):
    assert list(track(range(4), what="folds")) == [0, 1, 2, 3]
    assert capsys.readouterr() == ("", "")
