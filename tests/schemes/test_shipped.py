"""What all shipped files and the template have in common."""

import pytest

from perfledger.domain.scheme import Scheme
from perfledger.schemes.reader import SchemeMistakes, read_scheme
from perfledger.schemes.shipped import read, shipped_names, shipped_text, template_text
from perfledger.schemes.show import articles

from .tables import QT, WX, ZD


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_file_reads(name: str) -> None:
    """Every shipped file reads under its own name; its text fits well into an entry."""
    scheme = read_scheme(shipped_text(name), name)
    assert scheme.key == name
    assert len(shipped_text(name).encode()) < 30_000


def test_shipped_names() -> None:
    """Three schemes are shipped; another name is no scheme."""
    assert shipped_names() == ("zhengding", "qitai", "wuxiang")
    with pytest.raises(KeyError):
        shipped_text("../zhengding")


def test_reading_is_remembered() -> None:
    """The same text gives the same Scheme without being read again."""
    assert read(shipped_text("zhengding")) is ZD


@pytest.mark.parametrize("scheme", [ZD, QT, WX], ids=lambda scheme: scheme.key)
def test_common_rules(scheme: Scheme) -> None:
    """Common rules: these values in all three schemes, all of them assumed."""
    options = scheme.options
    values = {
        "places": 2,
        "rounding": "half-up",
        "periods": "recorded",
        "absorption": "latest-decision",
        "imputation": "proportional",
        "ranks": "competition",
        "quota_rounding": "half-up",
        "ties": "none",
    }
    for key, value in values.items():
        option = getattr(options, key)
        assert (option.value, option.rule.id, option.rule.cite) == (value, f"options.{key}", None)
        assert option.rule.assumed.endswith("。")


@pytest.mark.parametrize("name", shipped_names())
def test_every_rule_has_its_source(name: str) -> None:
    """Every rule is cited or assumed, never both; a reason is a Chinese sentence."""
    lines = articles(shipped_text(name))
    assert len({line.rule for line in lines}) == len(lines)
    for line in lines:
        assert (line.cite is None) != (line.assumed is None), line.rule
        assert line.assumed is None or line.assumed.endswith("。"), line.rule


def test_adoptions() -> None:
    """An automatic adoption is dated 1 January and names the document."""
    for scheme, part in ((ZD, "一"), (QT, "二"), (WX, "三")):
        assert scheme.adopted_day == "01-01"
        assert scheme.document == f"政府绩效管理实施方案(篇{part})"


def test_template_passes_the_check() -> None:
    """What `scheme new` writes is a scheme under the user's name."""
    assert read_scheme(template_text("jianyang")).key == "jianyang"


@pytest.mark.parametrize("name", ["建瓯", "a b", "", "x" * 65, "qitai"])
def test_template_refuses_a_bad_name(name: str) -> None:
    """A name that is no key, or that a shipped scheme has, is refused."""
    with pytest.raises(SchemeMistakes):
        template_text(name)
