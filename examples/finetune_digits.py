"""Fine-tunes a network of the zoo on the 1,797 handwritten digits that come with scikit-learn, on a CPU and offline.

LeNet-5 learns the digits 0 to 4, and its weights are kept in a file. From there a linear classifier learns all ten
digits from its feature maps, and so does the same network with a fresh classifier, all of it. Accuracies are those on
a quarter of the images, which no training sees.

    python examples/finetune_digits.py

Public weights take the place of the file where a spec names some, and are downloaded:
`archspec.load("mobilenet_v2").with_params(num_classes=10).build(weights="imagenet1k_v2")`.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import torch
from safetensors.torch import save_file
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor, nn
from torch.nn import functional

import archspec

FIVE_DIGITS = archspec.load(Path(__file__).with_name("digits.yaml"))


@dataclass(frozen=True)
class Digits:
    """Images, 1 x 32 x 32 from 0 to 1, and the digits they show: to train with, and to test with."""

    images: Tensor
    labels: Tensor
    test_images: Tensor
    test_labels: Tensor

    def below(self, limit: int) -> Digits:
        """Those that show a digit less than this."""
        train, test = self.labels < limit, self.test_labels < limit
        return Digits(self.images[train], self.labels[train], self.test_images[test], self.test_labels[test])


def load_images() -> Digits:
    """The digits, enlarged from 8 x 8; a quarter of each is held out."""
    pixels, labels = load_digits(return_X_y=True)
    small = torch.tensor(pixels / 16, dtype=torch.float32).view(-1, 1, 8, 8)
    images = functional.interpolate(small, size=FIVE_DIGITS.input[1:], mode="bilinear")
    train, test = train_test_split(range(len(labels)), test_size=0.25, random_state=0, stratify=labels)
    found = torch.tensor(labels)
    return Digits(images[train], found[train], images[test], found[test])


def train(model: nn.Module, digits: Digits, epochs: int, rate: float) -> None:
    """All weights, by AdamW with a rate that rises and falls once; images are shifted a little."""
    batches = -(-len(digits.labels) // 96)
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=epochs * batches)
    model.train()
    for _ in range(epochs):
        for batch in torch.randperm(len(digits.labels)).chunk(batches):
            loss = functional.cross_entropy(model(shifted(digits.images[batch])), digits.labels[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()


def shifted(images: Tensor, most: int = 3) -> Tensor:
    """A batch moved by up to three of its 32 rows and columns; a pixel of the original is four wide."""
    down, right = torch.randint(-most, most + 1, (2,)).tolist()
    return torch.roll(images, (down, right), dims=(2, 3))


@torch.no_grad()
def accuracy(model: nn.Module, digits: Digits) -> float:
    """The share of held-out images that are told right."""
    return (model.eval()(digits.test_images).argmax(1) == digits.test_labels).float().mean().item()


@torch.no_grad()
def features(model: nn.Module, images: Tensor) -> Tensor:
    """All feature maps that the model gives, in a row per image."""
    return torch.cat([feature.flatten(1) for feature in model.eval()(images).values()], 1)


def pretrain(digits: Digits, epochs: int, path: Path) -> float:
    """Trains the network from nothing, and keeps its weights in a file."""
    model = FIVE_DIGITS.build()
    train(model, digits, epochs, rate=0.005)
    save_file(model.state_dict(), path)
    return accuracy(model, digits)


def probe(weights: Path, digits: Digits) -> float:
    """How well a linear classifier does on two feature maps of the network, which isn't trained any further."""
    model = FIVE_DIGITS.with_taps("s4", "c5").build(weights=weights)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    classifier.fit(features(model, digits.images).numpy(), digits.labels.numpy())
    return float(classifier.score(features(model, digits.test_images).numpy(), digits.test_labels.numpy()))


def finetune(weights: Path, digits: Digits, epochs: int) -> float:
    """Trains all of the network further; its classifier, now for ten digits, starts fresh, and a warning says so."""
    model = FIVE_DIGITS.with_params(num_classes=10).build(weights=weights)
    train(model, digits, epochs, rate=0.005)
    return accuracy(model, digits)


def main(arguments: list[str] | None = None) -> float:
    """The accuracy in the end."""
    parser = argparse.ArgumentParser(description="Fine-tunes a network of the zoo on handwritten digits.")
    parser.add_argument("--epochs", type=int, default=30, help="of each of the two trainings")
    epochs = parser.parse_args(arguments).epochs

    torch.manual_seed(0)
    torch.set_num_threads(1)  # so small a network isn't faster with more, and comes out the same
    digits, start = load_images(), perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "five_digits.safetensors"
        print(f"digits 0 to 4, from nothing:               {pretrain(digits.below(5), epochs, weights):.1%}")
        print(f"all ten, linear on the features s4 and c5: {probe(weights, digits):.1%}")
        reached = finetune(weights, digits, epochs)
    print(f"all ten, fine-tuned:                       {reached:.1%}")
    print(f"{perf_counter() - start:.0f} s")
    return reached


if __name__ == "__main__":
    main()
