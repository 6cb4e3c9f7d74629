"""Downloads: whole, of the hash that is meant, not too large, over https, and from the folder the next time."""

from __future__ import annotations

import hashlib
import io
from http.client import HTTPMessage
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request

import pytest
import torch

from archspec.diagnostics.catalogue.weights import (
    DownloadFailed,
    LibraryMissing,
    NotFetched,
    NotPublished,
    OtherHash,
)
from archspec.diagnostics.diagnostic import Diagnostic
from archspec.language.checkpoint import Published, origin_of
from archspec.places import zoo
from archspec.spec import SpecError, load
from archspec.trained import Trainer
from archspec.weights import libraries
from archspec.weights.download import Open, _HttpsOnly, downloaded
from tests.weights.checkpoints import SPEC, spec_in, theirs

CONTENT = b"weights" * 1000
HASH = hashlib.sha256(CONTENT).hexdigest()
URL = "https://example.org/net.pth"


class Answer(io.BytesIO):
    """What a server sends."""

    def __init__(self, content: bytes, length: int | None = None) -> None:
        super().__init__(content)
        self.url = URL
        self.length = str(len(content) if length is None else length)

    def getheader(self, name: str, /) -> str | None:
        return self.length if name == "Content-Length" else None


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    return tmp_path / "hub" / "checkpoints"


def refuse(url: str) -> Answer:
    raise AssertionError(f"nobody asked for {url}")


def test_a_file_is_downloaded_once(folder: Path) -> None:
    assert downloaded(URL, "net.pth", HASH, lambda _: Answer(CONTENT)) == folder / "net.pth"
    assert (folder / "net.pth").read_bytes() == CONTENT
    assert downloaded(URL, "net.pth", HASH[:8], refuse) == folder / "net.pth"
    assert [path.name for path in folder.iterdir()] == ["net.pth"]


def failing(reason: Exception) -> Answer:
    raise reason


@pytest.mark.parametrize(
    ("answer", "code", "label"),
    [
        (lambda _: Answer(CONTENT[:-1]), OtherHash, "should begin"),
        (
            lambda _: Answer(CONTENT, length=7500),
            DownloadFailed,
            "the connection ended after 7,000 of 7,500 bytes",
        ),
        (lambda _: Answer(CONTENT * 10), DownloadFailed, "it has more than 8,000 bytes"),
        (lambda _: Answer(CONTENT * 10, length=0), DownloadFailed, "it has more than 8,000 bytes"),
        (lambda _: failing(URLError("no route to host")), DownloadFailed, "no route to host"),
        (lambda _: failing(TimeoutError("timed out")), DownloadFailed, "timed out"),
    ],
)
def test_what_goes_wrong_leaves_nothing(answer: Open, code: type[Diagnostic], label: str, folder: Path) -> None:
    found = downloaded(URL, "net.pth", HASH, answer, most=8000)
    assert isinstance(found, code) and label in found.label()
    assert list(folder.iterdir()) == []


def test_another_file_under_that_name_is_never_read(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "net.pth").write_bytes(b"other")
    assert isinstance(downloaded(URL, "net.pth", HASH, refuse), OtherHash)


@pytest.mark.parametrize("url", ["http://example.org/net.pth", "file:///etc/passwd", "ftp://example.org/net.pth"])
def test_no_other_scheme(url: str) -> None:
    found = downloaded(url, "net.pth", HASH)
    assert isinstance(found, DownloadFailed) and found.reason == "the address isn't https"
    with pytest.raises(URLError, match="it redirects to"):
        _HttpsOnly().redirect_request(Request(URL), io.BytesIO(), 302, "Found", HTTPMessage(), url)


def test_a_spec_s_address(tmp_path: Path) -> None:
    file = io.BytesIO()
    torch.save(theirs().state_dict(), file)
    content = file.getvalue()
    entry = f"{{url: {URL}, sha256: {hashlib.sha256(content).hexdigest()}}}"
    spec_in(tmp_path)
    (tmp_path / "far.yaml").write_text(SPEC.replace("from: absent.pth", f"from: {entry}, match: {{gamma: token}}"))
    spec = load(tmp_path / "far.yaml")
    trainer = Trainer(spec._parsed, spec._request, spec.network, lambda _: Answer(content))
    match = trainer.match("absent")
    assert not isinstance(match, Diagnostic) and not match.faults
    other = Trainer(spec._parsed, spec._request, spec.network, refuse).match("absent")
    assert not isinstance(other, Diagnostic) and not other.faults  # it is in the folder now


def test_a_file_that_is_fetched_by_hand(folder: Path, tmp_path: Path) -> None:
    """Nothing is downloaded: what no hash is known of would be anybody's."""
    spec_in(tmp_path)
    entry = "from: {page: https://example.org/zoo, file: far.pth}, match: {gamma: token}"
    (tmp_path / "far.yaml").write_text(SPEC.replace("from: absent.pth", entry))
    spec = load(tmp_path / "far.yaml")
    trainer = Trainer(spec._parsed, spec._request, spec.network, refuse)
    assert isinstance(trainer.match("absent"), NotFetched)
    folder.mkdir(parents=True)
    torch.save(theirs().state_dict(), folder / "far.pth")
    match = trainer.match("absent")
    assert not isinstance(match, Diagnostic) and not match.faults
    (tmp_path / "far.yaml").write_text(SPEC.replace("from: absent.pth", entry.replace("}", f", sha256: {HASH}}}", 1)))
    with pytest.raises(SpecError, match="E734"):
        load(tmp_path / "far.yaml").build(weights="absent")


# torchvision and timm -----------------------------------------------------------------------------------------------


def test_a_library_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "find_spec", lambda _: None)
    with pytest.raises(SpecError, match=r"E731(.|\n)*it isn't installed(.|\n)*pip install --no-deps torchvision"):
        load("resnet18").build(weights="imagenet1k_v1")


@pytest.mark.reference
@pytest.mark.parametrize(
    ("weights", "place"),
    [
        (
            "torchvision:resnet50/IMAGENET1K_V2",
            ("https://download.pytorch.org/models/resnet50-11ad3fa6.pth", "11ad3fa6"),
        ),
        (
            "timm:ghostnet_100.in1k",
            ("https://huggingface.co/timm/ghostnet_100.in1k/resolve/main/model.safetensors", ""),
        ),
    ],
)
def test_where_published_weights_are(weights: str, place: tuple[str, str]) -> None:
    origin = origin_of(weights)
    assert isinstance(origin, Published)
    found = libraries.place_of(origin)
    assert not isinstance(found, Diagnostic) and (found.url, found.sha256) == place


@pytest.mark.reference
def test_what_nobody_publishes() -> None:
    for library, model, tag in (("torchvision", "resnet50", "IMAGENET1K_V9"), ("timm", "resnet50", "none")):
        assert isinstance(libraries.place_of(Published(library, model, tag)), NotPublished)
    assert isinstance(libraries.built("timm", "no_such_model"), LibraryMissing)


@pytest.mark.reference
def test_all_that_the_zoo_names_is_published() -> None:
    named = {origin_of(entry.source) for name in zoo() for entry in load(name).network.document.weights.values()}
    places = {str(origin): libraries.place_of(origin) for origin in named if isinstance(origin, Published)}
    assert len(places) > 100
    assert [name for name, place in places.items() if not getattr(place, "url", "").startswith("https://")] == []
