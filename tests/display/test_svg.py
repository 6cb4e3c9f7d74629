"""The diagram: what it shows, and that it is nothing but shapes and text."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from archspec.display.layout import lay_out
from archspec.display.picture import MOST_BOXES, Picture, picture, pictures
from archspec.display.svg import svg
from archspec.places import zoo
from archspec.spec import load
from tests.small import spec

HARMLESS = {"svg", "title", "rect", "g", "path", "text"}


def shown(drawn: Picture) -> list[tuple[str, str]]:
    return [(box.name, box.op) for box in drawn.boxes]


def root(graph: str, more: str = "") -> Picture:
    network = spec(graph, more=more).network
    return picture(network.root, network.name)


def test_repeats_are_one_box() -> None:
    more = "blocks: {Unit: {graph: {a: relu}}}\n"
    assert shown(root("{a: {op: Unit, repeat: 6}, b: {op: relu, repeat: 2}}", more)) == [
        ("input", ""),
        ("a", "Unit x 6"),
        ("b", "relu x 2"),
        ("output", ""),
    ]


def test_tables_count_all_of_their_copies() -> None:
    graph = "{a: {op: conv, kernel: 1, each: {columns: [out, times], rows: [[8, 2], [16, 3]]}, repeat: times}}"
    assert shown(root(graph))[1] == ("a", "conv x 5")


def test_groups_and_branches_are_opened_up() -> None:
    drawn = root("{mix: {parallel: {a: relu, b: [relu, silu]}, merge: add}}")
    assert shown(drawn) == [
        ("input", ""),
        ("mix.a", "relu"),
        ("mix.b.0", "relu"),
        ("mix.b.1", "silu"),
        ("mix", "add"),
        ("output", ""),
    ]
    assert drawn.arrows == [(0, 1), (0, 2), (2, 3), (1, 4), (3, 4), (4, 5)]


def test_what_was_left_out_isnt_drawn() -> None:
    drawn = root("{a: relu, b: {op: relu, when: 1 > 2}, c: silu}")
    assert shown(drawn) == [("input", ""), ("a", "relu"), ("c", "silu"), ("output", "")]
    assert drawn.arrows == [(0, 1), (1, 2), (2, 3)]


def test_blocks_of_the_file_have_pictures_of_their_own() -> None:
    assert [drawn.title for drawn in pictures(load(zoo()["resnet50"]).network)] == ["ResNet50", "Bottleneck"]


def test_huge_graphs_are_cut_and_counted() -> None:
    drawn = root("{" + ", ".join(f"a{index}: relu" for index in range(1000)) + "}")
    assert len(drawn.boxes) <= MOST_BOXES + 2
    assert drawn.boxes[-2].name == "… and 701 more"


@pytest.mark.parametrize("name", sorted(zoo()))
def test_boxes_dont_overlap(name: str) -> None:
    for drawn in pictures(load(zoo()[name]).network):
        layout = lay_out(drawn)
        for index, one in enumerate(layout.boxes):
            assert one.x - one.width / 2 >= -0.01 and one.x + one.width / 2 <= layout.width + 0.01
            for other in layout.boxes[:index]:
                apart = abs(one.x - other.x) >= (one.width + other.width) / 2 - 0.01
                assert apart or abs(one.y - other.y) >= (one.height + other.height) / 2 - 0.01


@pytest.mark.parametrize("name", sorted(zoo()))
def test_it_is_wellformed_and_harmless(name: str) -> None:
    tree = ElementTree.fromstring(svg(load(zoo()[name]).network))
    for element in tree.iter():
        assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in HARMLESS
        assert not any(key.startswith("on") or key.endswith("href") for key in element.attrib)


def test_it_is_the_same_every_time() -> None:
    assert svg(load(zoo()["googlenet"]).network) == svg(load(zoo()["googlenet"]).network)
