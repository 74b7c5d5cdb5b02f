"""YAML of plain values only: no tags, no aliases (they can grow without bound), no key twice."""

from __future__ import annotations

from typing import Any

import yaml

from rarml.core.plain_text import is_whole


class _StrictLoader(yaml.SafeLoader):
    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.composer.ComposerError(None, None, "aliases (*name) are not read", mark)
        return super().compose_node(parent, index)

    def construct_scalar(self, node: Any) -> Any:
        value = super().construct_scalar(node)
        if isinstance(value, str) and not is_whole(value):
            raise yaml.constructor.ConstructorError(None, None, "half a letter (a lone surrogate)", node.start_mark)
        return value

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = getattr(key_node, "value", None)
            if isinstance(key, str):
                if key in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"key {key!r} comes twice", key_node.start_mark)
                seen.add(key)
        return super().construct_mapping(node, deep=deep)


def parse_yaml(text: str) -> Any:
    """Plain values of a YAML document.

    Raises
    ------
    yaml.YAMLError
        For every fault, nesting too deep to be read and impossible numbers or dates included.
    """
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader that refuses more
    except RecursionError as error:
        raise yaml.YAMLError("nested too deeply") from error
    except (ValueError, OverflowError, TypeError, KeyError, AttributeError, IndexError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise
        raise yaml.YAMLError(f"a value cannot be read: {error}") from error
