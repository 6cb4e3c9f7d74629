"""What a primitive is: one pydantic class that holds its arguments, shape rule, weights, costs and PyTorch form.

Modules with such classes don't postpone annotations: pydantic would compile each of them, and again per subclass.
"""

from math import prod
from typing import Annotated, Any, ClassVar, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from archspec.diagnostics.diagnostic import Diagnostic
from archspec.ops.form import Form
from archspec.types import TensorType

Positive: TypeAlias = Annotated[int, Field(ge=1)]
NonNegative: TypeAlias = Annotated[int, Field(ge=0)]
Probability: TypeAlias = Annotated[float, Field(ge=0, le=1)]


class Reference:
    """Marks an argument that names a node; that node's value becomes one more input, after the others."""


Ref: TypeAlias = Annotated[str, Reference]
Pair: TypeAlias = Positive | tuple[Positive, Positive]
"""One size for both axes, or (height, width)."""


class Reject(Exception):
    """Raised by `infer` where this primitive can't take these inputs, and by `check` where it can't take any.

    `kind` is the diagnostic to report and `fields` are its own fields; the place, the notes on where values came from,
    and the nesting are added by whoever called. `at` names the argument at fault, None for the op itself. A primitive
    doesn't know the names of its inputs: any str in `fields` may hold `{0}`, `{1}` and so on, for which the caller puts
    them (`found="{0} has 256 channels, {1} has 64"`). A field `op` needn't be given: it is the primitive's name.
    """

    def __init__(self, kind: type[Diagnostic], *, at: str | None = None, **fields: Any) -> None:
        super().__init__(kind.code)
        self.kind, self.at, self.fields = kind, at, fields


class Weight(NamedTuple):
    """A parameter, or a buffer, of one primitive, under its name in `state_dict`.

    An empty name is the node's own: the primitive is a bare `nn.Parameter`.
    """

    name: str
    shape: tuple[int, ...]
    buffer: bool = False

    @property
    def elements(self) -> int:
        return prod(self.shape)


class Arguments(BaseModel):
    """Something that a spec calls by name, with what it takes as fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    name: ClassVar[str]
    """How a spec calls it."""


class Op(Arguments):
    """A primitive with its arguments. The class docstring's first line is what the user reads in completion."""

    aliases: ClassVar[tuple[str, ...]] = ()
    """Other names of it, as `none` for identity."""
    arity: ClassVar[tuple[int, int | None]] = (1, 1)
    """Least and most number of inputs; None where there is no most."""
    input_names: ClassVar[tuple[str, ...]] = ()
    """What its inputs are for, where that isn't plain; generated source calls them so."""
    output_names: ClassVar[tuple[str, ...]] = ()
    """What references call its outputs, where it has several and they have names."""
    creates: ClassVar[bool] = False
    """Whether the output is a value of its own, for which the input only gives the batch."""
    inplace: ClassVar[bool] = False
    """Whether the module takes `inplace=True`."""
    fresh: ClassVar[bool] = False
    """Whether the output is memory of its own that backward doesn't read, so that the next op may overwrite it."""

    def check(self) -> None:
        """Raises Reject where the arguments contradict one another, whatever the inputs are. Asked before `infer`, and
        also where an input isn't known."""

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        """Types of the outputs. Raises Reject. Each element of `inputs` is known."""
        raise NotImplementedError

    def warnings(self, *inputs: TensorType) -> tuple[Reject, ...]:
        """What is legal here and probably not meant. Asked after `infer` accepted the inputs."""
        return ()

    def weights(self, *inputs: TensorType) -> tuple[Weight, ...]:
        """Parameters and buffers, in the order of torch's `state_dict`."""
        return ()

    def layers(self, *inputs: TensorType) -> "tuple[tuple[Op, TensorType], ...]":
        """Other primitives that its own module is made of, each with its input: `init` is for them too."""
        return ()

    def macs(self, *inputs: TensorType) -> int | None:
        """Multiply-accumulates of convolutions, linear layers and matrix products for one sample; None: not known."""
        return 0

    def window(self) -> tuple[int, int] | None:
        """Steps of the input that one output step sees beyond the first, per axis: (kernel - 1) * dilation.

        None where it sees all of it.
        """
        return (0, 0)

    @property
    def idle(self) -> bool:
        """Whether it gives back its input in every phase, with these arguments: generated source leaves it out."""
        return False

    def torch(self, *inputs: TensorType) -> Form:
        """The PyTorch form."""
        raise NotImplementedError
