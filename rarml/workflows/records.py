"""Tables as plain values, for JSON."""

from __future__ import annotations

from typing import Any

import pandas as pd

_DIGITS = 6


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries of plain values: numbers rounded to 6 digits after the point, NaN as None."""
    return [{str(key): _plain(value) for key, value in row.items()} for row in table.to_dict(orient="records")]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return None
    number = float(value)
    return int(number) if number.is_integer() and abs(number) >= 1 else round(number, _DIGITS)
