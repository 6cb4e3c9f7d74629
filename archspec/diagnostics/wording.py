"""Small pieces of English that checks fill into their fields: lists, counts, articles."""

from __future__ import annotations

from collections.abc import Iterable


def listing(items: Iterable[object], last: str = "and", most: int = 12) -> str:
    """`a, b and c`; more than `most` are cut short with their number."""
    words = [str(item) for item in items]
    if len(words) > most:
        return f"{', '.join(words[:most])} {last} {len(words) - most} more"
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def plural(count: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def article(noun: str) -> str:
    """`an Inception`, `a Unit`, `an MBConv`: by how it sounds."""
    spelt = noun[:1] in tuple("FHLMNRSX") and noun[1:2].isupper()
    vowel = noun[:1].lower() in tuple("aeiou") and not noun.startswith(("Uni", "Use", "UNet", "One"))
    return f"an {noun}" if spelt or vowel else f"a {noun}"


def spoken(value: object) -> str:
    """What a message calls a value of a spec: `true`, `the number 3`, `a list`, `nothing`."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}" if abs(value) < 10**24 else "a very large number"
    if isinstance(value, str):
        return f"the text `{value}`"
    return "a mapping" if isinstance(value, dict) else "a list"
