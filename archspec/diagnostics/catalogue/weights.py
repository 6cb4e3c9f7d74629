"""E70: what a spec says of its trained weights. E71 to E73 and W7: weights that are read and given to a network."""

from __future__ import annotations

from archspec.diagnostics.catalogue.examples import IMAGE
from archspec.diagnostics.diagnostic import Error, Note, Warning

_GRAPH = IMAGE + "graph: {conv: {op: conv, out: 8, kernel: 1}}\n"


class BadOrigin(Error):
    """`from` says where trained weights are: `torchvision:MODEL/WEIGHTS`, `timm:MODEL.TAG`, a file below the spec's own
    folder, an https address with the sha256 of what is there, `{url: …, sha256: …}`, or the page of a file that is
    fetched by hand, `{page: …, file: …}`."""

    code = "E701"
    title_template = "{found} names no weights"
    label_template = "{reason}"
    found: str  # "`http://…`", "a list"
    reason: str
    wrong = _GRAPH + "weights: {trained: {from: 'https://example.org/net.pth'}}\n"
    right = _GRAPH + "weights: {trained: {from: {url: 'https://example.org/net.pth', sha256: " + "0" * 63 + "a}}}\n"


class BadMatch(Error):
    """`match` is `order`, which pairs the checkpoint's entries with the network's in their order, or names entries of
    the checkpoint with those of the network, the rest in order. In a name, `*` stands for a part between dots or for a
    piece of one, and `**` for all that follows; both sides have the same wildcards, so that the way back is known too.
    `null` is for entries that the network has no use for."""

    code = "E702"
    title_template = "`{name}` can't be matched so"
    label_template = "{reason}"
    name: str
    reason: str
    wrong = _GRAPH + "weights: {trained: {from: net.pth, match: {'features.*.weight': 'conv.weight'}}}\n"
    right = _GRAPH + "weights: {trained: {from: net.pth, match: {'features.*': 'conv.*'}}}\n"


class UnknownTrainedParameter(Error):
    """`params` of weights are the parameters that they were trained with, where these aren't the network's defaults."""

    code = "E703"
    title_template = "`{network}` has no parameter `{name}`"
    label_template = "weights can't be trained with it"
    network: str
    name: str
    wrong = _GRAPH + "weights: {trained: {from: net.pth, params: {width: 2}}}\n"
    right = IMAGE + "params: {width: 1}\ngraph: {conv: {op: conv, out: 8 * width, kernel: 1}}\n"
    right += "weights: {trained: {from: net.pth, params: {width: 2}}}\n"


class BadTrainedParameters(Error):
    """With the `params` that weights were trained with, the network must be right too."""

    code = "E704"
    title_template = "`{name}` can't have been trained with these parameters"
    label_template = "{found}"
    name: str
    found: str  # "error[E331]: …"
    wrong = IMAGE + "params: {width: 1}\ngraph: {conv: {op: conv, out: 8 * width, kernel: 1}}\n"
    wrong += "weights: {trained: {from: net.pth, params: {width: 0}}}\n"
    right = IMAGE + "params: {width: 1}\ngraph: {conv: {op: conv, out: 8 * width, kernel: 1}}\n"
    right += "weights: {trained: {from: net.pth, params: {width: 2}}}\n"


class UnknownWeights(Error):
    """Weights are those that the spec names under `weights`, or a file, which is named with its suffix: `.safetensors`,
    `.pth`, `.pt`, `.pth.tar`, `.ckpt` or `.bin`."""

    code = "E711"
    title_template = "`{network}` has no weights `{name}`"
    label_template = "the spec names no such weights, and it isn't a file of weights"
    network: str
    name: str


class CheckpointUnreadable(Error):
    """A checkpoint is an ordinary file that exists and may be read. One that a spec names lies in the spec's folder,
    below it, or in the zoo; missing and forbidden ones get the same message."""

    code = "E712"
    title_template = "can't read `{path}`"
    label_template = "there is no such file, or it may not be read"
    path: str


class CheckpointBroken(Error):
    """A checkpoint is a whole safetensors file, or what `torch.save` wrote of a state dict. Cut off and contradictory
    files are refused, and so are archives that would unpack to more than they are."""

    code = "E713"
    title_template = "`{path}` is no whole checkpoint"
    label_template = "{reason}"
    path: str
    reason: str


class MoreThanTensors(Error):
    """A checkpoint holds tensors by name and nothing else. Pickles are read with `weights_only=True`, so that nothing
    in one is ever run; one that holds more than torch's own types, an `argparse.Namespace` or a whole module, isn't
    read at all. Around the state dict training may have put a dict (`state_dict`, `model`, `model_ema`, …) with plain
    numbers, texts and the optimiser's state beside it."""

    code = "E714"
    title_template = "`{path}` holds more than tensors by name"
    label_template = "{found}"
    path: str
    found: str


class WeightsDontFit(Error):
    """Every entry of a checkpoint has its place in the network that it was trained as, and every entry of the network
    gets one: of its shape, its kind of numbers and its kind of weight. If anything is wrong, no weight is changed.
    Where other parameters than those asked for would do, as another `num_classes`, it is said which."""

    code = "E721"
    title_template = "`{weights}` doesn't fit `{network}`"
    label_template = "entries: {found}"
    weights: str
    network: str
    found: str  # "2 missing and 1 of other shape"

    class Entry(Note):
        template = "{verdict}: {theirs} -> {ours}"
        verdict: str
        theirs: str
        ours: str


class OtherChannels(Error):
    """A network that sees another number of channels than its weights were trained with gets the first kernel only on
    request: `sum` makes each new channel the old ones' sum, shared out evenly; `repeat` takes the old channels over
    again in turn, and keeps the size of what comes out."""

    code = "E722"
    title_template = "`{weights}` was trained with {trained} channels, and the input has {found}"
    label_template = "`{name}` sees the input"
    weights: str
    trained: int
    found: int
    name: str


class NoOrder(Error):
    """A safetensors file doesn't keep the order of its entries. They are paired in order only where the library that
    published them says the order."""

    code = "E723"
    title_template = "the entries of `{weights}` can't be paired in order"
    label_template = "{reason}"
    weights: str
    reason: str


class LibraryMissing(Error):
    """torchvision and timm know where their weights are and what their entries are called, so they are asked for both
    where they are installed. archspec doesn't depend on them."""

    code = "E731"
    title_template = "`{library}` is needed for `{name}`"
    label_template = "{reason}"
    library: str
    name: str
    reason: str  # "it isn't installed"


class NotPublished(Error):
    """Weights of torchvision and timm are called as the installed version calls them."""

    code = "E732"
    title_template = "`{library}` publishes no `{name}`"
    label_template = "version {version} knows no such weights"
    library: str
    name: str
    version: str


class DownloadFailed(Error):
    """Weights are downloaded over https alone, whatever an address redirects to, into torch's own folder of checkpoints
    (`torch.hub.get_dir()`), and have their name there only when they are whole."""

    code = "E733"
    title_template = "can't download `{url}`"
    label_template = "{reason}"
    url: str
    reason: str


class OtherHash(Error):
    """A downloaded file has the sha256 that its spec, or its own name, says. One with another is never read."""

    code = "E734"
    title_template = "`{path}` isn't the file that is meant"
    label_template = "its sha256 begins {found}, and should begin {expected}"
    path: str
    found: str
    expected: str


class NoWayBack(Error):
    """`--export` takes a library or a name that the spec's `weights` know: they say what entries are called there."""

    code = "E735"
    title_template = "`{network}` can't be exported to `{name}`"
    label_template = "{reason}"
    network: str
    name: str
    reason: str


class NotFetched(Error):
    """A file isn't downloaded where no hash of it is published, since nobody could say whether it is the right one, or
    where it has no address of its own. Who wants it takes it from its page, and puts it into torch's own folder of
    checkpoints, or names it by its path."""

    code = "E736"
    title_template = "`{file}` has to be fetched by hand"
    label_template = "it isn't in {folder}"
    file: str
    folder: str


class ClassifierFresh(Warning):
    """With another number of classes than the weights were trained with, the classifier keeps its fresh
    initialisation; everything else is loaded."""

    code = "W701"
    title_template = "the classifier isn't trained"
    label_template = "{names}: {trained} classes in `{weights}`, {found} asked for"
    names: str
    weights: str
    trained: str
    found: str


class FirstKernelAdapted(Warning):
    """The first kernel was trained with another number of channels, and was summed or repeated as asked."""

    code = "W702"
    title_template = "the first kernel is adapted"
    label_template = "`{name}` from {trained} channels to {found}"
    name: str
    trained: int
    found: int
