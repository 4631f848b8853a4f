"""Random experiments for hypothesis, and how it runs here: the same examples every time, without a clock."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

import spec


def examples(count):
    """Runs a test of hypothesis on `count` examples that are the same in every run."""
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    return settings(max_examples=count, deadline=None, derandomize=True, database=None, suppress_health_check=checks)


learning_rates = st.one_of(
    st.sampled_from(spec.LEARNING_RATES),
    st.floats(1e-30, 1e30),
    st.integers(1, 10**18).map(float),
)
morphs = st.integers(0, 999).map(lambda thousandths: thousandths / 1000)


def neurons(experiment):
    """Names of neurons that the experiment's network has, as `spec.neuron_name` writes them."""
    return st.sampled_from(spec.layers(experiment)).flatmap(
        lambda layer: st.integers(0, layer[2] - 1).map(lambda index: spec.neuron_name(layer[0], index))
    )


def dimensions(width):
    """None, two or three different dimensions of a layer of that width, as far as it has them."""
    if width == 1:
        return st.just(())
    some = st.lists(st.integers(0, width - 1), min_size=2, max_size=min(3, width), unique=True).map(tuple)
    return st.one_of(st.just(()), some)


@st.composite
def experiments(draw):
    """Experiments as the page makes them: any choice, and a neuron and dimensions that there are."""
    experiment = {name: draw(st.sampled_from(list(choices))) for name, choices in spec.CHOICES.items()}
    experiment |= {name: draw(st.booleans()) for name in spec.SWITCHES}
    experiment["learning_rate"] = draw(learning_rates)
    experiment["batch_size"] = draw(st.integers(1, spec.TRAINING_POINTS))
    experiment["hidden_layers"] = tuple(draw(st.lists(st.integers(1, 40), max_size=4)))
    experiment["seed"] = draw(st.integers(0, spec.SEED_LIMIT - 1))
    experiment["speed"] = draw(st.sampled_from(spec.SPEEDS))
    experiment["neuron"] = draw(st.one_of(st.just(""), neurons(experiment)))
    experiment["layer"] = draw(st.sampled_from(["", *(name for name, _, _ in spec.layers(experiment))]))
    experiment["morph"] = draw(morphs)
    _, width = spec.shown_layer(experiment)
    experiment["dimensions"] = draw(dimensions(width))
    return {name: experiment[name] for name in spec.DEFAULTS}
