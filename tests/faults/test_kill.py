"""A few kills of each command; `python tests/faults/kill.py --kills 50 OUT.json` is the long run."""

import pytest
from kill import Command, Runner, content, kill_many, run


@pytest.mark.slow
def test_a_few_kills_of_each_command_lose_nothing(tmp_path):
    rows = run(["train", "tune", "score", "reference"], 3, tmp_path, seed=1, real_every=3)
    assert len(rows) == 4
    for name, row in rows.items():
        assert row["kills"] == 3
        assert row["real"] == 1
        assert row["faults"] == [], name
        assert row["losses"] == row["partials"] == row["resumed_differs"] == row["litter"] == 0


class Careless(Runner):
    """Instead of rarml: writes its result in place, one file after another; a kill comes between the two."""

    def __init__(self):
        pass

    def run(self, argv, cwd, *, kill_after=None, real=False):
        out = cwd / "out"
        out.mkdir(exist_ok=True)
        (cwd / "log").touch()
        (out / "a").write_text(argv[0])
        if kill_after is not None:
            (cwd / ".out.abcdefgh.part").touch()
            return -9
        (out / "b").write_text(argv[0])
        return 0


def test_the_driver_sees_a_result_that_is_written_in_place(tmp_path):
    row = kill_many(Command("careless", ("new",), ("earlier",)), 6, tmp_path, Careless(), 0, lambda _row: None, 10)
    assert row.kills == 6
    assert row.partials == 6
    assert row.litter > 0
    assert content(tmp_path / "none") is None
