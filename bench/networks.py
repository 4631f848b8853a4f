"""The networks that are compared, what the lab has to reach with each, and how many operations they take."""

from itertools import pairwise

INPUTS, CLASSES = 2, 2

# Hidden layers -> (the least, the aim): how many times as fast as the fastest peer.
GOALS = {
    (8,): (5, 10),
    (8, 8, 8): (6, 12),
    (128, 128): (6, 12),
    (1024, 1024, 1024): (5, 10),
}


def operations(hidden_layers, batch):
    """The floating-point operations of the matrix products in one training step, 2 · m · n · k each.

    In the forward pass every dense layer has one product, (batch, inputs) · (inputs, outputs). In the backward pass it
    has one of the same size for the gradient of its kernel, and one for the gradient of its input, which the first
    layer does not need. Everything else (biases, activations, loss, update) is not counted. The number is the same for
    every contender.
    """
    sizes = [batch * inputs * outputs for inputs, outputs in pairwise((INPUTS, *hidden_layers, CLASSES))]
    return 2 * (3 * sum(sizes) - sizes[0])


def is_small_enough(hidden_layers, batch, settings):
    """Whether a network is measured with these settings."""
    return operations(hidden_layers, batch) <= settings.most_operations


def gigaflops(result, hidden_layers, batch):
    """`{"gigaflops": …}`: operations of the matrix products per nanosecond; `{}` for a result with an error."""
    if "error" in result:
        return {}
    return {"gigaflops": operations(hidden_layers, batch) / result["us_per_step"] * 1e-3}


def in_words(hidden_layers):
    """Hidden layers as text: `8, 8, 8`; `16 × 8` for many of the same width."""
    if len(hidden_layers) > 3 and len(set(hidden_layers)) == 1:
        return f"{len(hidden_layers)} × {hidden_layers[0]}"
    return ", ".join(map(str, hidden_layers)) or "none"
