"""Parquet files that may be damaged or made to mislead."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def parquet_faults() -> tuple[type[Exception], ...]:
    """What reading a file as Parquet may raise: exceptions of Arrow, and of pandas on the metadata it keeps there.

    Most of Arrow's are also ValueError, OSError and the like; some (unknown errors) are `ArrowException` alone.
    """
    import pyarrow as pa

    plain = (ValueError, OSError, LookupError, TypeError, AttributeError, ArithmeticError, MemoryError, RuntimeError)
    return (pa.ArrowException, *plain)


def read_parquet(source: Path | IO[bytes]) -> pd.DataFrame:
    """A table, every value of it checked: Arrow would find a text that is not UTF-8 only when it is used.

    Raises
    ------
    Exception
        One of `parquet_faults`, for the caller to put into words.
    """
    import pyarrow.parquet as pq

    table: Any = pq.read_table(source)
    table.validate(full=True)
    return table.to_pandas()
