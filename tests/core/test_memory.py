import pytest

from rarml.core import memory
from rarml.core.errors import InputError
from rarml.core.memory import available, parse_size, show_size


@pytest.mark.parametrize(
    ("text", "size"),
    [("500M", 500_000_000), ("2G", 2_000_000_000), ("1.5GB", 1_500_000_000), ("2GiB", 2**31), (" 64k ", 64_000)],
)
def test_sizes_as_people_write_them(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "much", "-1G", "1e9", "5X", "1 i", "nan", "9" * 40])
def test_what_is_no_size(text):
    with pytest.raises(InputError, match="is no size of memory"):
        parse_size(text)


@pytest.mark.parametrize(
    ("size", "words"), [(4_400_000, "4 MB"), (343_000_000, "340 MB"), (1_260_000_000, "1.3 GB"), (1, "1 MB")]
)
def test_shown_in_two_digits(size, words):
    assert show_size(size) == words


def test_the_least_of_machine_and_container(tmp_path, monkeypatch):
    (tmp_path / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable:    5000 kB\n")
    (tmp_path / "max").write_text("4000000\n")
    (tmp_path / "current").write_text("1000000\n")
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "_GROUPS", ((tmp_path / "max", tmp_path / "current"),))
    assert available() == 3_000_000
    (tmp_path / "max").write_text("max\n")
    assert available() == 5000 * 1024
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "none")
    assert available() is None
