"""Check yourself on convolution: a kernel for one kind of edge, a wide receptive field from few weights, and three questions."""

from __future__ import annotations

import numpy as np

from core.frame import Message, Trouble
from core.i18n import N_
from core.insight.challenges import Challenge, Choice, Number, Question, rules, stays
from core.maths import convolution as maths
from core.maths import stacks
from core.specs.convolution import ConvolutionSpec
from core.specs.stack import until_misfit

SIDE = 16  # of the images that a kernel is tried on
STRONG, SILENT = 3.0, 1e-6
FIELD, WEIGHTS, MAPS, KERNEL = 11, 5000, 16, 3


def tried(kernel: np.ndarray) -> dict[str, np.ndarray]:
    """What a kernel answers, stride 1, to a plain image, to one that is bright above and dark below, and to one bright on the left."""
    half = (np.arange(SIDE) < SIDE // 2).astype(float)
    flat = np.ones((SIDE, SIDE))
    return {name: maths.correlate(image, kernel) for name, image in
            (("plain", flat), ("level", flat * half[:, None]), ("upright", flat * half[None, :]))}


def darkening(spec: ConvolutionSpec) -> tuple[bool, Message]:
    """Whether the kernel answers positively where the image darkens from left to right, and to nothing that is plain or level."""
    try:
        kernel = stacks.read_kernel(spec.weights)
    except Trouble as trouble:
        return False, trouble.message
    found = tried(kernel)
    plain, level, upright = found["plain"], found["level"], found["upright"]
    if np.abs(plain).max() > SILENT:
        return False, Message(N_("On a plain image of brightness 1 this kernel answers {value:.3g}: its weights do not sum to 0."),
                              {"value": float(plain.flat[np.argmax(np.abs(plain))])})
    if np.abs(level).max() > SILENT:
        return False, Message(N_("It answers a level edge, too, with up to {value:.3g}: each of its rows should sum to 0, or the rows "
                                 "should "
                                 "cancel."), {"value": float(np.abs(level).max())})
    most, least = float(upright.max()), float(upright.min())
    if most < STRONG and least > -STRONG:
        return False, Message(N_("Where brightness falls from 1 to 0, left to right, it answers {value:.3g} at most; it should be at least "
                                 "3."), {"value": most})
    if least < -SILENT:
        return False, Message(N_("Where it gets dark to the right it answers {value:.3g}: the wrong sign. Which side should have the "
                                 "positive weights?"), {"value": least})
    return True, Message(N_("Plain: 0. Level edge: 0. Where it gets dark to the right: {value:.3g}."), {"value": most})


def wide(spec: ConvolutionSpec) -> tuple[bool, Message]:
    """Whether a unit of the last map sees 11×11 pixels, from at most 5,000 weights and small kernels."""
    try:
        layers = stacks.parse(spec.stack)
    except Trouble as trouble:
        return False, trouble.message
    slides = [layer for layer in layers if layer.slides]
    steps = until_misfit((spec.side, spec.side, spec.depth), slides)
    if len(steps) < len(slides):
        return False, Message(N_("Layer {number} does not fit any more."), {"number": len(steps) + 1})
    if len(slides) < len(layers):
        return False, Message(N_("Only layers that slide, please: leave out flatten and dense."))
    if any(layer.kernel > KERNEL for layer in layers):
        return False, Message(N_("One window is larger than 3×3."))
    convolutions = [layer for layer in layers if layer.kind == "conv"]
    if len(convolutions) < 2 or min(layer.filters for layer in convolutions) < MAPS:
        return False, Message(N_("It takes at least two convolutions, each with 16 filters or more."))
    now = {"field": steps[-1].receptive, "weights": f"{sum(step.weights for step in steps):,}"}
    if steps[-1].receptive != FIELD:
        return False, Message(N_("A unit of the last map sees {field}×{field} pixels, not 11×11; there are {weights} weights."), now)
    if sum(step.weights for step in steps) > WEIGHTS:
        return False, Message(N_("It sees 11×11 pixels, but has {weights} weights: too many."), now)
    return True, Message(N_("A unit of the last map sees 11×11 pixels, and there are {weights} weights."), now)


CHALLENGES: tuple[Challenge[ConvolutionSpec], ...] = (
    Challenge(
        id="convolution-darkening",
        title=N_("A kernel of your own"),
        text=N_("Paint a kernel that answers 0 wherever the image is plain, 0 along level edges, and at least 3 where brightness falls "
                "from "
                "1 to 0 from left to right."),
        hint=N_("Weights that sum to 0 answer nothing where it is plain. Positive weights belong where the image should be bright: on the "
                "left. If all rows are alike, a level edge finds nothing in them."),
        allows=rules(stays("scene", "window"), stays("kernel", "own")),
        state=darkening,
        why=lambda spec: Message(N_("That is what a CNN’s first layer learns, too: a few small kernels, each for edges of one direction.")),
        start=ConvolutionSpec(kernel="own", cells="0 0 0; 0 1 0; 0 0 0"),
        reference=ConvolutionSpec(kernel="own", cells="1 0 -1; 1 0 -1; 1 0 -1"),
    ),
    Challenge(
        id="convolution-field",
        title=N_("See far with few weights"),
        text=N_("Build a stack whose last map’s units see exactly 11×11 pixels, with at most 5,000 weights: no window larger than 3×3, at "
                "least two convolutions of 16 filters or more, nothing flattened."),
        hint=N_("Each 3×3 layer adds 2 pixels times its dilation, times all strides before it. Five plain layers of 16 filters see "
                "11×11, but "
                "have 9,440 weights."),
        allows=stays("scene", "shapes"),
        state=wide,
        why=lambda spec: Message(N_("Stride and dilation widen the view without a single weight; more layers cost weights, and more "
                                    "filters "
                                    "cost the most, for they count twice.")),
        reference=ConvolutionSpec(scene="shapes", stack="conv 3 x16, conv 3 x16 d2, conv 3 x16 d2"),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Number(
        id="convolution-side",
        text=N_("An image of 32×32 goes through a convolution with a 5×5 kernel, padding “valid”, and then through 2×2 max pooling with "
                "stride 2. How many rows has the result?"),
        answer=14,
        right=N_("Yes: 32 − 5 + 1 = 28 places for the kernel, and half as many windows: 14."),
        wrong=(
            (lambda n: n == 16, N_("16 would be half of 32: the convolution without padding takes something off first.")),
            (lambda n: n == 28, N_("28 is right after the convolution. Pooling with stride 2 comes after it.")),
            (lambda n: n == 13.5, N_("32 − 5 = 27 leaves one place out: a kernel of 5 has 32 − 5 + 1 places.")),
            (lambda n: n == 13, N_("Take 4 off, not 5 or 6: the kernel’s first place counts as well, 32 − 5 + 1.")),
            (lambda n: n == 196, N_("That is how many numbers a map has, 14 × 14. The question asks for its rows.")),
        ),
        otherwise=N_("Count the places of the kernel first, 32 − 5 + 1, then the windows of two."),
    ),
    Choice(
        id="convolution-weights",
        text=N_("A convolution layer takes 32 channels and makes 64, with 3×3 kernels. How many weights has it, biases included?"),
        options=(
            (N_("640: 3·3 weights for each of 64 filters, and their biases"),
             N_("A filter needs a 3×3 kernel for every one of the 32 channels, not a single one.")),
            (N_("18,496: 3·3·32·64 weights and 64 biases"),
             N_("Yes. Each of the 64 filters has 3·3·32 weights and one bias, whatever the size of the image.")),
            (N_("2,400: 3·3·32 for the depthwise part, 32·64 for mixing, and biases"),
             N_("That is roughly a depthwise convolution with a 1×1 convolution after it, which is why those are used where weights are "
                "dear.")),
            (N_("It depends on the size of the image"),
             N_("The work does, since the kernel is used at every place. The weights are the same at all of them.")),
        ),
        correct=1,
    ),
    Choice(
        id="convolution-pointwise",
        text=N_("What can a 1×1 convolution do?"),
        options=(
            (N_("Nothing: it multiplies each pixel with one number"),
             N_("With a single channel that would be so. With many it adds them up, each with a weight of its own.")),
            (N_("Mix the channels at each place, and change how many there are"),
             N_("Yes: it is a dense layer over the channels, the same at every pixel.")),
            (N_("Find edges of one pixel’s width"),
             N_("An edge is a difference between neighbours, and a 1×1 kernel sees no neighbour.")),
            (N_("Halve rows and columns"),
             N_("Only with a stride of 2; the kernel itself leaves the shape as it is.")),
        ),
        correct=1,
    ),
)
