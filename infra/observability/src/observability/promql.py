"""Which metrics an expression names."""

import re

_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*"')
_MATCHERS = re.compile(r"\{[^{}]*\}")
_LABELS = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)")
_NAMES = re.compile(r"(?<![\w:$.])([a-zA-Z_:][\w:]*)(?!\s*\(|[\w:])")
_WORDS = frozenset({"and", "or", "unless", "on", "by", "bool", "offset", "inf", "nan", "ignoring", "group_left"})


def metrics_in(expression: str) -> set[str]:
    """The names of series: of metrics, with `_bucket`, `_count` and `_sum`, and of recorded rules."""
    bare = _LABELS.sub(" ", _MATCHERS.sub("", _TEXTS.sub("", expression)))
    bare = re.sub(r"\[[^\]]*\]|\boffset\s+\w+", " ", bare)
    return {name for name in _NAMES.findall(bare) if name.lower() not in _WORDS}
