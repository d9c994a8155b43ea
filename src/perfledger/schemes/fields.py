"""Reading one block of a scheme file, key by key; what is wrong goes to the sink.

A reader always answers something of the right type, so that the reading can go on to the next
mistake. Nothing that was built beside a mistake is ever used: the reader raises at the end.
"""

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from unicodedata import category, normalize

from perfledger.domain.arithmetic import plain_text
from perfledger.domain.errors import Message, say
from perfledger.domain.scheme import Rule
from perfledger.schemes.checks import check_key, named, wrong_kind
from perfledger.schemes.figures import number_forms, parsed, why_not
from perfledger.schemes.mistakes import Sink, Spot, clip
from perfledger.schemes.nodes import Items, Mapping, Node, Pair, Text, joined

RULE_KEYS = ("cite", "assumed")
ALTERNATIVES = "alternatives"


class Block:
    """A mapping at a path, whose keys are declared; unknown and missing ones are reported."""

    def __init__(
        self,
        node: Node,
        path: str,
        sink: Sink,
        required: Collection[str],
        optional: Collection[str] = (),
        rule: bool = True,
        varied: Sequence[Sequence[str]] = (),
    ) -> None:
        """`varied` are the keys that the rule's alternatives can give other values; of a group
        that says one thing in several ways an alternative replaces all."""
        self.path = path
        self.sink = sink
        self.spot = node.spot
        self.varied = varied
        self._pairs = node.pairs if isinstance(node, Mapping) else {}
        if not isinstance(node, Mapping):
            wrong_kind(node, path, sink, Mapping)
            return
        rule_keys = (*RULE_KEYS, ALTERNATIVES) if rule else ()
        known = dict.fromkeys([*required, *optional, *rule_keys])
        for key, pair in self._pairs.items():
            if key not in known:
                self._unknown_key(pair.key, known)
        for key in required:
            if key not in self._pairs:
                message = say("the key '{key}' is missing", key=key)
                sink.add(self.spot, self.at(key), message, say("'{key}: …'", key=key))
        if rule:
            self._check_rule()

    def _unknown_key(self, key: Text, known: Collection[str]) -> None:
        if "：" in key.value:
            message = say("the full-width colon '：' does not separate a key from its value")
            allowed = say("a half-width ':' and a space: '{key}: '", key=key.value.split("：")[0])
            self.sink.add(key.spot, self.path, message, allowed)
        else:
            self.sink.unknown(key.spot, self.at(key.value), say("the key"), key.value, known)

    def _check_rule(self) -> None:
        given = [key for key in RULE_KEYS if key in self._pairs]
        allowed = say("exactly one of: 'cite: article' and 'assumed: reason'")
        if not given:
            message = say("the rule says neither 'cite' nor 'assumed'")
            self.sink.add(self.spot, self.path, message, allowed)
        elif len(given) == 2:
            message = say("the rule says both 'cite' and 'assumed'")
            self.sink.add(self._pairs[given[1]].key.spot, self.path, message, allowed)
        self._check_alternatives()

    def _check_alternatives(self) -> None:
        pair = self._pairs.get(ALTERNATIVES)
        if pair is None:
            return
        path = self.at(ALTERNATIVES)
        if not self.varied:
            message = say("no rank or tier is computed from what this rule says")
            self.sink.add(pair.key.spot, path, message, say("no 'alternatives' here"))
        elif "assumed" not in self._pairs:
            message = say("only an assumed rule has alternatives")
            self.sink.add(pair.key.spot, path, message, say("'assumed: reason'"))

    def changed_by(self, alternative: "Block") -> "Block":
        """The block as one of its alternatives states it, for that alternative's reason."""
        replaced = [group for group in self.varied if any(map(alternative.has, group))]
        gone = {*RULE_KEYS, ALTERNATIVES, *(key for group in replaced for key in group)}
        pairs = {key: pair for key, pair in self._pairs.items() if key not in gone}
        given = [key for group in replaced for key in group if alternative.has(key)]
        pairs |= {key: alternative._pairs[key] for key in given}
        if alternative.has("reason"):
            pairs["assumed"] = Pair(
                Text("assumed", alternative.spot), alternative._pairs["reason"].value
            )
        node = Mapping(pairs, alternative.spot)
        return Block(node, alternative.path, self.sink, (), pairs, rule=False)

    def quiet(self) -> "Block":
        """The same block, read without a word: for what its parent checks across several."""
        return Block(Mapping(self._pairs, self.spot), self.path, Sink(), ())

    def at(self, key: str) -> str:
        """The path of a key of this block."""
        return joined(self.path, key)

    def has(self, key: str) -> bool:
        """Whether the key stands in this block."""
        return key in self._pairs

    def node(self, key: str) -> Node | None:
        """What stands under a key."""
        pair = self._pairs.get(key)
        return pair.value if pair else None

    def spot_of(self, key: str) -> Spot:
        """Where the value of a key stands; the block where there is none."""
        pair = self._pairs.get(key)
        return pair.value.spot if pair else self.spot

    def wrong(self, key: str, message: Message, allowed: Message | None = None) -> None:
        """Report a mistake at the value of a key."""
        self.sink.add(self.spot_of(key), self.at(key), message, allowed)

    def rule(self, rule_id: str) -> Rule:
        """The rule of this block."""
        if self.has("cite"):
            return Rule(rule_id, cite=self.text("cite"))
        return Rule(rule_id, assumed=self.text("assumed"))

    def text(self, key: str) -> str:
        """A text that says something."""
        node = self.node(key)
        if node is None:
            return ""
        if not isinstance(node, Text):
            wrong_kind(node, self.at(key), self.sink, Text)
            return ""
        if not node.value.strip():
            self.wrong(key, say("the text is empty"), say("text of at least one character"))
        if len(node.value) > 500 or "\n" in node.value.strip():
            self.wrong(key, say("the text is too long"), say("one line of at most 500 characters"))
        if any(category(character) == "Cc" for character in node.value.strip()):
            self.wrong(key, say("the text holds a control character"), say("plain text"))
        return normalize("NFC", node.value.strip())  # as the journal's names are compared

    def key(self, key: str, known: Collection[str] | None, what: Message) -> str:
        """A key as value: one of the known ones, or, where None, any that is well formed."""
        node = self.node(key)
        if node is None or not (word := self.text(key)):
            return ""
        self._check_name(node.spot, self.at(key), word, known, what)
        return word

    def keys(self, key: str, known: Collection[str] | None, what: Message) -> tuple[str, ...]:
        """A list of keys, each once and at least one."""
        words = self.words(key)
        for word, spot in words:
            self._check_name(spot, self.at(key), word, known, what)
        return tuple(word for word, _ in words)

    def words(self, key: str) -> list[tuple[str, Spot]]:
        """A list of texts with their places, each text once and at least one."""
        node = self.node(key)
        if node is None:
            return []
        if not isinstance(node, Items):
            wrong_kind(node, self.at(key), self.sink, Items)
            return []
        if not node.values:
            self.wrong(key, say("the list is empty"), say("at least one"))
        words: dict[str, Spot] = {}
        for item in node.values:
            if not isinstance(item, Text) or not item.value.strip():
                wrong_kind(item, self.at(key), self.sink, Text)
            elif (word := normalize("NFC", item.value.strip())) in words:
                message = say("'{word}' is named twice", word=clip(word))
                self.sink.add(item.spot, self.at(key), message, say("each one once"))
            else:
                words[word] = item.spot
        return list(words.items())

    def _check_name(
        self, spot: Spot, path: str, word: str, known: Collection[str] | None, what: Message
    ) -> None:
        if known is None:
            check_key(word, spot, path, self.sink)
        elif word not in known:
            self.sink.unknown(spot, path, what, word, known)

    def choice(self, key: str, known: Collection[str]) -> str:
        """One of a few words."""
        return self.key(key, known, say("the value"))

    def flag(self, key: str) -> bool:
        """true or false; false where it is left out."""
        return self.choice(key, ("true", "false")) == "true"

    def number(
        self,
        key: str,
        share: bool = False,
        least: Fraction | int | None = 0,
        above: Fraction | int | None = None,
        most: Fraction | int | None = None,
        decimals: int | None = None,
    ) -> Fraction | None:
        """An exact number within its bounds, or None where there is none.

        `decimals` asks for a number that can be printed with so many.
        """
        node = self.node(key)
        if node is None:
            return None
        if not isinstance(node, Text):
            wrong_kind(node, self.at(key), self.sink, Text)
            return None
        value = parsed(node.value, share)
        if value is None:
            self.wrong(key, why_not(node.value, share), number_forms(share))
        elif above is not None and value <= above:
            self._out_of_bounds(key, node, say("more than {bound}", bound=shown(above)))
        elif above is None and least is not None and value < least:
            self._out_of_bounds(key, node, say("at least {bound}", bound=shown(least)))
        elif most is not None and value > most:
            self._out_of_bounds(key, node, say("at most {bound}", bound=shown(most)))
        elif decimals is not None and (value * 10**decimals).denominator != 1:
            allowed = say("at most {places} decimals", places=decimals)
            self._out_of_bounds(key, node, allowed)
        else:
            return value
        return None

    def _out_of_bounds(self, key: str, node: Text, allowed: Message) -> None:
        message = say("{value} is out of bounds", value=clip(node.value))
        self.wrong(key, message, allowed)

    def whole(self, key: str, least: int, most: int) -> int | None:
        """A whole number within its bounds, or None where there is none."""
        value = self.number(key, least=least, most=most)
        if value is not None and value.denominator != 1:
            self.wrong(key, say("a whole number is expected"), say("like {least}", least=least))
            return None
        return None if value is None else int(value)

    def block(
        self,
        key: str,
        required: Collection[str],
        optional: Collection[str] = (),
        rule: bool = True,
        varied: Sequence[Sequence[str]] = (),
    ) -> "Block":
        """The block under a key; where there is none, an empty one whose gaps nobody hears of.

        (That a required block is missing is reported by the block around it.)
        """
        node = self.node(key)
        if node is None:
            return Block(Mapping({}, self.spot), self.at(key), Sink(), ())
        return Block(node, self.at(key), self.sink, required, optional, rule, varied)

    def named(self, key: str, least: int = 1) -> Iterator[tuple[str, Node, str]]:
        """The named things under a key: name, node and path of each."""
        node = self.node(key)
        if node is not None:
            yield from named(node, self.at(key), self.sink, least)

    def listed(self, key: str, least: int = 0) -> Iterator[tuple[int, Node, str]]:
        """The things listed under a key: number from 1, node and path of each."""
        node = self.node(key)
        if node is None:
            return
        if not isinstance(node, Items):
            wrong_kind(node, self.at(key), self.sink, Items)
            return
        if len(node.values) < least:
            self.wrong(key, say("the list is empty"), say("at least one"))
        for number, item in enumerate(node.values, 1):
            yield number, item, f"{self.at(key)}.{number}"


def shown(bound: Fraction | int) -> str:
    """A bound as a person writes it."""
    return plain_text(Fraction(bound))
