"""Placing labels, wrapping texts and naming files, for any input."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from perfledger.reports.site.measure import width_of, wrapped
from perfledger.reports.site.names import class_file, unit_file
from perfledger.reports.site.placement import spread, stacked

POINTS = st.floats(0, 1_000, allow_nan=False)
TEXTS = st.text(st.sampled_from("abcWM-/ 12345.城关镇，。（）()〔〕é"), max_size=80)


@given(st.lists(st.tuples(POINTS, st.floats(5, 60)), min_size=1, max_size=40))
def test_labels_never_overlap_and_keep_their_order(labels: list[tuple[float, float]]) -> None:
    """However close their marks lie, equal ones too; all stay within the room there is."""
    labels.sort()
    wanted = [place for place, _ in labels]
    sizes = [size for _, size in labels]
    room = max(1_000.0, sum(sizes))

    middles = spread(wanted, sizes, 0, room)

    edges = [(at - size / 2, at + size / 2) for at, size in zip(middles, sizes, strict=True)]
    assert edges[0][0] >= -1e-6
    assert edges[-1][1] <= room + 1e-6
    assert all(one[1] <= other[0] + 1e-6 for one, other in pairwise(edges))


@given(st.lists(st.integers(0, 20), min_size=1, max_size=20, unique=True))
def test_labels_with_room_stay_at_their_marks(places: list[int]) -> None:
    """Nothing is pushed that need not be."""
    wanted = [20.0 * place + 10 for place in sorted(places)]

    assert spread(wanted, [20.0] * len(wanted), 0, 500) == wanted


@given(st.lists(POINTS, max_size=40))
def test_marks_on_one_level_stand_apart(places: list[float]) -> None:
    """Equal composites stand side by side."""
    steps = stacked(places, 11)

    for level in set(steps):
        row = sorted(at for at, step in zip(places, steps, strict=True) if step == level)
        assert all(b - a >= 11 for a, b in pairwise(row))


@given(TEXTS, st.floats(60, 300))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: float) -> None:
    """But for blanks at the ends of lines."""
    lines = wrapped(text, 13, width)

    assert all(width_of(line, 13) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_cut_text_says_so() -> None:
    """With an ellipsis, and within the width."""
    lines = wrapped("城关镇" * 20, 12, 60, most=2)

    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert all(width_of(line, 12) <= 60 for line in lines)


@given(st.lists(st.text(min_size=1, max_size=64), min_size=2, max_size=2, unique=True))
def test_two_codes_never_share_a_file(codes: list[str]) -> None:
    """Not even where the file system folds case; and parents' parts of a class neither."""
    first, second = map(unit_file, codes)

    assert first.casefold() != second.casefold()
    assert len({class_file("cadre", code).casefold() for code in (*codes, None)}) == 3


def test_plain_codes_name_their_files_themselves() -> None:
    """A permanent address that a person can read."""
    assert unit_file("T01") == "unit-T01.html"
