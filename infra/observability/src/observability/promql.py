"""Which metrics an expression names, and by which labels."""

import re

_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*"')
_MATCHERS = re.compile(r"\{[^{}]*\}")
_LABELS = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)")
_RANGES = re.compile(r"\[[^\]]*\]|\boffset\s+\w+")
_NAMES = re.compile(r"(?<![\w:$.])([a-zA-Z_:][\w:]*)(?!\s*\(|[\w:])")
_WORDS = frozenset({"and", "or", "unless", "bool", "inf", "nan"})
_SELECTED = re.compile(r"([a-zA-Z_:][\w:]*)\{([^{}]*)\}")
_GROUPED = re.compile(r"\bby \(([^()]*)\) \((?:\w+\()?([a-zA-Z_:][\w:]*)[{\[)]")


def metrics_in(expression: str) -> set[str]:
    """The names of series: of metrics, with `_bucket`, `_count` and `_sum`, and of recorded rules."""
    bare = _LABELS.sub(" ", _MATCHERS.sub("", _TEXTS.sub('""', expression)))
    return {name for name in _NAMES.findall(_RANGES.sub(" ", bare)) if name.lower() not in _WORDS}


def labels_in(expression: str) -> set[tuple[str, str]]:
    """Each name of series with a label by which it is selected, or summed up where it stands directly in that."""
    bare = _TEXTS.sub('""', expression)
    selected = {
        (name, label.strip())
        for name, matchers in _SELECTED.findall(bare)
        for label in re.findall(r"(\w+)\s*[=!]", matchers)
    }
    grouped = {(name, label.strip()) for labels, name in _GROUPED.findall(bare) for label in labels.split(",")}
    return selected | grouped
