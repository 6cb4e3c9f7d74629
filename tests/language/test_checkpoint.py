"""What `weights` says: origins that mean something, and names that lead to their counterpart and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archspec.language.checkpoint import Address, Beside, ByHand, Pattern, Published, Rename, origin_of

HASH = "9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab"


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("torchvision:resnet50/IMAGENET1K_V2", Published("torchvision", "resnet50", "IMAGENET1K_V2")),
        ("timm:ghostnet_100.in1k", Published("timm", "ghostnet_100", "in1k")),
        ("net.safetensors", Beside("net.safetensors")),
        ("checkpoints/net.pth", Beside("checkpoints/net.pth")),
        (
            {"page": "https://example.org/zoo", "file": "net.pth.tar"},
            ByHand("https://example.org/zoo", "net.pth.tar"),
        ),
        (
            {"page": "https://example.org/zoo", "file": "a/b/net.pth", "sha256": HASH},
            ByHand("https://example.org/zoo", "a/b/net.pth", HASH),
        ),
        (
            {"url": "https://example.org:8443/a/b.pt?c=1", "sha256": HASH},
            Address("https://example.org:8443/a/b.pt?c=1", HASH),
        ),
    ],
)
def test_origins(written: object, origin: object) -> None:
    assert origin_of(written) == origin


@pytest.mark.parametrize("name", ["torchvision:resnet50/IMAGENET1K_V2", "timm:ghostnet_100.in1k", "a/net.pt"])
def test_an_origin_is_called_as_it_is_written(name: str) -> None:
    assert str(origin_of(name)) == name


@pytest.mark.parametrize(
    "written",
    [
        None,
        3,
        ["net.pth"],
        "",
        "net",
        "net.pickle",
        "hub:net/A",
        "torchvision:resnet50",
        "torchvision:../resnet50/A",
        "timm:resnet50",
        "timm:a.b.c",
        "/etc/net.pth",
        "../net.pth",
        "a/../../net.pth",
        "C:net.pth",
        "a\\net.pth",
        "a\nb.pth",
        "file:///net.pth",
        "https://example.org/net.pth",
        {"page": "http://example.org/zoo", "file": "net.pth"},
        {"page": "https://example.org/zoo"},
        {"page": "https://example.org/zoo", "file": "../net.pth"},
        {"page": "https://example.org/zoo", "file": ".net.pth"},
        {"page": "https://example.org/zoo", "file": "a//net.pth"},
        {"page": "https://example.org/zoo", "file": "/net.pth"},
        {"page": "https://example.org/zoo", "file": "a/../net.pth"},
        {"page": "https://example.org/zoo", "file": "net.pth", "sha256": HASH[1:]},
        {"page": "https://example.org/zoo", "file": "net"},
        {"url": "http://example.org/net.pth", "sha256": HASH},
        {"url": "https://user@example.org/net.pth", "sha256": HASH},
        {"url": "https://example.org/a b.pth", "sha256": HASH},
        {"url": "https://example.org/net.pth"},
        {"url": "https://example.org/net.pth", "sha256": HASH.upper()},
    ],
)
def test_what_names_no_weights(written: object) -> None:
    assert isinstance(origin_of(written), str)


@pytest.mark.parametrize(
    ("pattern", "name", "taken"),
    [
        ("cls_token", "cls_token", ()),
        ("blocks.*.norm", "blocks.11.norm", ("11",)),
        ("layer_*.ln", "layer_3.ln", ("3",)),
        ("a*a.w", "aba.w", ("b",)),
        ("blocks.**", "blocks.0.norm.weight", ("0.norm.weight",)),
        ("**", "a.b", ("a.b",)),
        ("*.b.**", "a.b.c", ("a", "c")),
        ("cls_token", "cls_token.0", None),
        ("blocks.*", "blocks", None),
        ("blocks.*", "blocks.0.norm", None),
        ("blocks.**", "blocks", None),
        ("a*a.w", "a.w", None),
        ("a*a.w", "aa.w", None),
        ("layer_*", "layer_", None),
        ("*", "", None),
    ],
)
def test_what_a_pattern_takes(pattern: str, name: str, taken: tuple[str, ...] | None) -> None:
    found = Pattern.of(pattern)
    assert isinstance(found, Pattern) and found.taken(name) == taken


words = st.text("ab0_", min_size=1, max_size=3)
wild = st.tuples(st.text("ab0_", max_size=2), st.text("ab0_", max_size=2)).map("*".join)


@st.composite
def renames(draw: st.DrawFn) -> Rename:
    """Two patterns with the same wildcards."""
    stars, deep = draw(st.integers(0, 3)), draw(st.booleans())
    sides = []
    for _ in range(2):
        parts = [part for _ in range(stars) for part in (*draw(st.lists(words, max_size=2)), draw(wild))]
        parts += draw(st.lists(words, min_size=not parts and not deep, max_size=2))
        sides.append(".".join([*parts, "**"] if deep else parts))
    found = Rename.of(*sides)
    assert isinstance(found, Rename)
    return found


@given(renames(), st.data())
def test_a_rename_leads_back(rename: Rename, data: st.DataObject) -> None:
    assert rename.ours is not None
    values = tuple(
        data.draw(words if one == "*" else st.lists(words, min_size=1).map(".".join)) for one in rename.ours.wild
    )
    name = rename.theirs.filled(values)
    taken = rename.theirs.taken(name)
    assert taken == values
    ours = rename.ours.filled(taken)
    back = rename.ours.taken(ours)
    assert back is not None and rename.theirs.filled(back) == name


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("a.**.b", "a.**"),
        ("a.*", "a"),
        ("a.*", "**"),
        ("a.**.b", None),
        ("a*b*", "c"),
        ("", "a"),
        ("a b", "a"),
        ("a", 3),
    ],
)
def test_what_is_no_rename(theirs: str, ours: object) -> None:
    assert isinstance(Rename.of(theirs, ours), str)
