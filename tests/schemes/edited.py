"""A scheme file edited by hand to follow one of its alternatives: by its YAML alone."""

from typing import Any

import yaml

TOGETHER = (("weights", "equal", "total"), ("steps", "linear"))


def edited(text: str, rule: str, name: str) -> str:
    """The text with what the alternative says in place of what its rule says."""
    document = yaml.load(text, yaml.BaseLoader)  # it makes texts only
    path = path_of(rule)
    above: dict[str, Any] = document
    for key in path[:-1]:
        above = above[key]
    block = above[path[-1]]
    [chosen] = [one for one in block.pop("alternatives") if one["name"] == name]
    values = {key: value for key, value in chosen.items() if key not in ("name", "reason")}
    for group in TOGETHER:
        if set(group) & set(values):
            block = {key: value for key, value in block.items() if key not in group}
    above[path[-1]] = {**block, **values, "assumed": chosen["reason"]}
    if path[-1] == "bands" and "linear" in values:
        above["linear"] = {"assumed": above.pop("bands")["assumed"]}
    if path[-1] == "linear" and "steps" in values:
        above["bands"] = above.pop("linear")
    if path[0] == "tiers":
        for tier in document["tiers"][path[1]]["ladder"].values():
            tier.pop("below", None)  # it repeats the better tier's threshold
    return str(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=10_000))


def path_of(rule: str) -> list[str]:
    """Where a rule stands in the file."""
    path = rule.split(".")
    if path[0] == "tiers" and path[2] != "barred":
        path.insert(2, "ladder")
    if path[0] == "adjustments" and len(path) == 3:
        path.insert(2, "tariff")
    return path
