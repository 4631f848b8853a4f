"""Measurements of the lab alone: how its step time grows, its compiler, the grid of the boundary, other choices."""

from bench import rounds
from bench.networks import gigaflops, is_small_enough

# The number of points that the page trains on: a batch is drawn from at least so many.
POINTS = 180
BATCH = 40

WIDTHS = (8, 16, 32, 64, 128, 256, 512, 1024, 2048)
DEPTHS = (1, 2, 4, 8, 16)
BATCHES = (1, 4, 16, 40, 180, 1024, 4096)
# Sweep -> (hidden layers, batch) of each network in it.
GROWTH = {
    "width of two hidden layers": {width: ((width, width), BATCH) for width in WIDTHS},
    "number of hidden layers of 8": {depth: ((8,) * depth, BATCH) for depth in DEPTHS},
    "points in a batch, hidden layer 8": {batch: ((8,), batch) for batch in BATCHES},
    "points in a batch, hidden layers 128, 128": {batch: ((128, 128), batch) for batch in BATCHES},
}

# Title -> what differs from tanh, cross entropy and momentum without normalization.
VARIANTS = {
    "as above": {},
    "batch norm": {"normalization": "batch_norm"},
    "layer norm": {"normalization": "layer_norm"},
    "SGD": {"optimizer": "sgd"},
    "Nesterov": {"optimizer": "nesterov"},
    "Adam": {"optimizer": "adam"},
    "RMSProp": {"optimizer": "rmsprop"},
    "ReLU": {"activation": "relu"},
    "sigmoid": {"activation": "sigmoid"},
    "linear": {"activation": "linear"},
    "mean squared error": {"loss": "mean_squared_error"},
    "batch norm, Adam, ReLU": {"normalization": "batch_norm", "optimizer": "adam", "activation": "relu"},
    "layer norm, Adam, ReLU": {"normalization": "layer_norm", "optimizer": "adam", "activation": "relu"},
}
VARIED_NETWORKS = ((8,), (128, 128))

# Hidden layers -> the longest time allowed to compile them, in milliseconds, if any.
COMPILED = {(8,): 150, (8,) * 16: 400, (1024,) * 3: None}

RESOLUTION = 200


def simd_rate(lab, settings):
    """`(GFLOP/s of the fastest size, GFLOP/s by size)` of the machine's own matrix product, measured now."""
    rates = lab.call("ask", "lab_simd", settings.simd)
    return max(rates.values()), rates


def time_step(lab, pace, hidden_layers, batch=BATCH, **choices):
    """The lab's result, as from `rounds.time_network`, with `gigaflops`; batches are drawn as on the page.

    The rounds are few and short, and no other contender takes turns. So the fastest round says most, and `us_per_step`
    is that of the fastest round.
    """
    points = batch * -(-POINTS // batch)
    network = rounds.network_of(hidden_layers, points, batchSize=batch, choices=choices)
    (result,) = rounds.time_network({"lab": lab}, network, pace).values()
    if "error" not in result:
        result = {**result, "us_per_step": result["us_of_fastest_round"]}
    return {**result, **gigaflops(result, hidden_layers, batch)}


def warm_up(lab, settings):
    """Trains for some seconds, because otherwise the first thing that is timed on a new page would look slow."""
    rounds.time_network({"lab": lab}, rounds.network_of((8,), POINTS, batchSize=BATCH), settings.contenders)


def growth(lab, settings):
    """`(sweep, value, result)` of every network of `GROWTH`, one after the other."""
    warm_up(lab, settings)
    for sweep, networks in GROWTH.items():
        for value, (hidden_layers, batch) in networks.items():
            if is_small_enough(hidden_layers, batch, settings):
                yield sweep, value, time_step(lab, settings.sweeps, hidden_layers, batch)


def variants(lab, settings):
    """`(title, hidden layers, result)` of every combination."""
    warm_up(lab, settings)
    for title, choices in VARIANTS.items():
        for hidden_layers in VARIED_NETWORKS:
            yield title, hidden_layers, time_step(lab, settings.sweeps, hidden_layers, **choices)


def compile_times(lab, settings):
    """`(hidden layers, limit, result of lab_compile.py)` for every network of `COMPILED`."""
    for hidden_layers, limit in COMPILED.items():
        if is_small_enough(hidden_layers, BATCH, settings):
            argument = {"hidden_layers": hidden_layers, "repetitions": settings.constructions}
            yield hidden_layers, limit, lab.call("ask", "lab_compile", argument)


def grid_times(lab, networks, settings):
    """`(hidden layers, result of lab_grid.py)` for every network."""
    for hidden_layers in networks:
        argument = {"hidden_layers": hidden_layers, "resolution": RESOLUTION, "pace": settings.grid}
        yield hidden_layers, lab.call("ask", "lab_grid", argument)
