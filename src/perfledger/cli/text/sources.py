"""What figures rest on: articles, assumptions told once, entries with their documents."""

from collections.abc import Iterable, Iterator

from perfledger.cli.lang import translate
from perfledger.cli.text.cells import safe
from perfledger.cli.text.names import Names
from perfledger.domain.entries import Entry
from perfledger.domain.errors import say
from perfledger.domain.scheme import Rule
from perfledger.projections.history import Line


class Sources:
    """Numbers assumptions and documents as the sheet first names them."""

    def __init__(self, lines: Iterable[Line], names: Names) -> None:
        self._entries: dict[str, Entry] = {
            line.recorded.entry.entry: line.recorded.entry for line in lines
        }
        self._names = names
        self._assumed: dict[str, int] = {}
        self._documents: dict[str, int] = {}

    def rule(self, rule: Rule) -> str:
        """`〔五(一)1〕`; an assumption with its reason at first, then by its number."""
        if rule.cite is not None:
            return f"〔{safe(rule.cite)}〕"
        reason = rule.assumed or ""
        if reason in self._assumed:
            return "〔" + translate(say("assumed {number}", number=self._assumed[reason])) + "〕"
        self._assumed[reason] = len(self._assumed) + 1
        told = say("assumed {number}: {reason}", number=self._assumed[reason], reason=reason)
        return f"〔{translate(told)}〕"

    def entry(self, entry: str) -> str:
        """An entry's id with the numbers of its documents: `2013-T02-024[1]`."""
        recorded = self._entries.get(entry)
        documents = [one.document for one in (recorded.evidence or ())] if recorded else []
        if recorded is not None and recorded.authority is not None:
            documents.append(recorded.authority)
        numbers = [
            self._documents.setdefault(document, len(self._documents) + 1)
            for document in dict.fromkeys(documents)
        ]
        return safe(entry) + (f"[{','.join(map(str, numbers))}]" if numbers else "")

    def entries(self, entries: Iterable[str]) -> str:
        """Several of them."""
        return self._names.listed(map(self.entry, entries))

    def documents(self) -> Iterator[str]:
        """The documents that were named, by number."""
        for document, number in self._documents.items():
            yield f"[{number}] {safe(document)}"
