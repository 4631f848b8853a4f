"""Random experiments for hypothesis, and how it runs here: the same examples every time, without a clock."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from spec import fields, registry, shape


def examples(count):
    """Runs a test of hypothesis on `count` examples that are the same in every run."""
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    return settings(max_examples=count, deadline=None, derandomize=True, database=None, suppress_health_check=checks)


learning_rates = st.one_of(
    st.sampled_from(fields.LEARNING_RATES),
    st.floats(1e-30, 1e30),
    st.integers(1, 10**18).map(float),
)
penalties = st.one_of(st.just(0.0), st.floats(1e-30, fields.MOST_PENALTY))
epochs = st.integers(1, fields.MOST_EPOCHS)
stops = st.one_of(
    st.just(()),
    st.tuples(st.sampled_from(["epoch", "patience"]), epochs),
    st.tuples(st.just("loss"), st.floats(1e-30, 1e30)),
)
morphs = st.integers(0, 999).map(lambda thousandths: thousandths / 1000)


def neurons(experiment):
    """Names of neurons that the experiment's network has, as `shape.neuron_name` writes them."""
    return st.sampled_from(shape.layers(experiment)).flatmap(
        lambda layer: st.integers(0, layer[2] - 1).map(lambda index: shape.neuron_name(layer[0], index))
    )


def dimensions(width):
    """None, two or three different dimensions of a layer of that width, as far as it has them."""
    if width == 1:
        return st.just(())
    some = st.lists(st.integers(0, width - 1), min_size=2, max_size=min(3, width), unique=True).map(tuple)
    return st.one_of(st.just(()), some)


def inputs_of(experiment):
    """Any of what may be inputs of the experiment's network; none where that is what there is by itself."""
    offered = shape.offered_inputs(experiment)
    if not offered or shape.traits_of(experiment).get("own"):
        return st.just(())
    some = st.sets(st.sampled_from(offered), min_size=1).map(lambda keys: tuple(key for key in offered if key in keys))
    return some.map(lambda keys: () if keys == shape.own_inputs(experiment) else keys)


@st.composite
def experiments(draw):
    """Experiments as the page makes them: any choice, and a neuron and dimensions that there are."""
    experiment = fields.defaults()
    experiment |= {name: draw(st.sampled_from(list(registry.entries(name)))) for name in fields.choices()}
    experiment |= {name: draw(st.booleans()) for name in fields.names(control=fields.SWITCH)}
    experiment["inputs"] = draw(inputs_of(experiment))
    experiment["points"] = draw(st.one_of(st.none(), st.integers(fields.LEAST_ROWS, fields.ROWS_LIMIT)))
    experiment["noise"] = draw(st.integers(0, fields.MOST_NOISE))
    experiment["held_out"] = draw(st.one_of(st.none(), st.integers(0, fields.MOST_HELD_OUT)))
    experiment["classes"] = draw(st.one_of(st.none(), st.integers(2, fields.MOST_CLASSES)))
    experiment["learning_rate"] = draw(learning_rates)
    for name in ("l1", "l2", "clip"):
        experiment[name] = draw(penalties)
    experiment["dropout"] = draw(st.floats(0, fields.MOST_DROPOUT))
    experiment["decay_epochs"], experiment["warm_up"] = draw(epochs), draw(st.one_of(st.just(0), epochs))
    experiment["stop_at"] = draw(stops)
    experiment["batch_size"] = draw(st.integers(1, shape.shape_of(experiment).training))
    experiment["hidden_layers"] = tuple(draw(st.lists(st.integers(1, 40), max_size=4)))
    experiment["data_seed"] = draw(st.one_of(st.none(), st.integers(0, fields.SEED_LIMIT - 1)))
    experiment["seed"] = draw(st.integers(0, fields.SEED_LIMIT - 1))
    experiment["speed"] = draw(st.sampled_from(fields.SPEEDS))
    experiment["neuron"] = draw(st.one_of(st.just(""), neurons(experiment)))
    experiment["layer"] = draw(st.sampled_from(["", *shape.layer_names(experiment)]))
    experiment["morph"] = draw(morphs)
    experiment["dimensions"] = draw(dimensions(shape.shown_layer(experiment).width))
    return dict(experiment)
