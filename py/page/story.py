"""The sentence under the stage: what there is to be seen now, from the run's own numbers. Pure."""

from collections import namedtuple

from page import wording
from spec import registry, shape

# What the sentence is made of. step, diverged: see `protocol.ANSWER`. metrics: by name as in `protocol.METRICS`, or
# None. probes: for each layer the quality of its linear probe in per cent, `(training, held out)`, each None if it is
# not known. layer: the number of the layer that is seen. on_the_way: whether the playhead is between it and the next.
Seen = namedtuple("Seen", ("step", "diverged", "metrics", "probes", "layer", "on_the_way"))

# In points of per cent: so much better than guessing is hardly better; so much is no difference; so much worse on
# held-out points is worth saying.
HARDLY, ALIKE, WORSE = 5, 2, 12
# A loss that is so many times the other is worth saying.
TIMES = 3


def sentence(experiment, seen):
    """The most telling thing about a run at this moment, in one sentence; "" if nothing is known yet."""
    if not seen.metrics:
        return ""
    if seen.diverged:
        return "At step %s the loss is no longer a number: the steps were too large." % "{:,}".format(seen.step + 1)
    probes = _known_probes(experiment, seen)
    if shape.shape_of(experiment).task == registry.REGRESSION:
        return _of_numbers(experiment, seen, probes)
    return _of_classes(experiment, seen, probes)


def _of_classes(experiment, seen, probes):
    data, metrics = shape.shape_of(experiment), seen.metrics
    right, held_out = metrics["train_accuracy"], metrics["test_accuracy"]
    cut = "a straight line" if data.outputs == 2 else "straight cuts"
    gets = "gets" if data.outputs == 2 else "get"
    first = _place(experiment, 0)
    if seen.step == 0:
        words = "Untrained: the network gets %s of the training points right" % percent(right)
        return words + ("; %s %s, %d %%." % (cut, first, probes[0]) if probes else ".")
    if not experiment["hidden_layers"]:
        return "Without hidden layers %s%s %s all it can draw: %s right." % (
            cut,
            # In the plane it is bent, then.
            " " + first if shape.features(experiment) else "",
            "is" if data.outputs == 2 else "are",
            percent(right),
        )
    if 100 * (right - held_out) >= WORSE:
        return "%s of the training points are right, but only %s of those held out." % (
            percent(right),
            percent(held_out),
        )
    if not probes:
        return "The network gets %s of the training points right." % percent(right)
    most, best = max(probes), _best(probes)
    guessing = 100 / data.outputs
    if most <= guessing + HARDLY:
        return "At no layer %s %s more than %d %% right; guessing gets %.0f %%." % (
            "does " + cut if data.outputs == 2 else "do " + cut,
            "get",
            most,
            guessing,
        )
    told = _of_the_layer(experiment, seen, probes, "%s %s" % (cut, gets), " right")
    if told:
        return told
    if probes[0] > 100 - ALIKE:
        return "Nothing has to bend here: %s %s %d %% right %s already." % (cut, gets, probes[0], first)
    if most <= probes[0] + ALIKE:
        return "No layer helps yet: %s %s %d %% right %s, at most %d %% after a layer." % (
            cut,
            gets,
            probes[0],
            first,
            max(probes[1:]),
        )
    if right == 1:
        return "All %s training points right: %s %s %d %% %s, %d %% %s." % (
            "{:,}".format(data.training),
            cut,
            gets,
            probes[0],
            first,
            probes[best],
            _place(experiment, best),
        )
    return "%s %s %s %d %% right; %s, %d %%." % (
        _capital(first),
        cut,
        gets,
        probes[0],
        _place(experiment, best),
        probes[best],
    )


def _of_numbers(experiment, seen, probes):
    loss, held_out = seen.metrics["train_loss"], seen.metrics["test_loss"]
    if not probes:
        return "The loss is %s on the training points." % number(loss)
    if seen.step == 0:
        return "Untrained: the loss is %s; a linear fit to the points explains %d %% of the numbers." % (
            number(loss),
            probes[0],
        )
    if not experiment["hidden_layers"]:
        return "Without hidden layers a linear fit is all it can do: %d %% explained, loss %s." % (
            probes[0],
            number(loss),
        )
    explained, of_held_out = seen.metrics["train_r2"], seen.metrics["test_r2"]
    if 100 * (explained - of_held_out) >= WORSE:
        return "The network explains %s of the training points' numbers, but %s of those held out." % (
            percent(explained),
            "only " + percent(of_held_out) if of_held_out > 0 else "nothing",
        )
    if held_out > TIMES * loss:
        return "The loss is %s on the training points, but %s on those held out." % (number(loss), number(held_out))
    told = _of_the_layer(experiment, seen, probes, "a linear fit explains", "")
    if told:
        return told
    best = _best(probes)
    return "A linear fit explains %d %% of the numbers %s, %d %% %s." % (
        probes[0],
        _place(experiment, 0),
        probes[best],
        _place(experiment, best),
    )


def _of_the_layer(experiment, seen, probes, gets, right):
    """What there is to say of the layer that is seen; "" where the network ends, and the whole of it is told."""
    last = len(probes) - 1
    if seen.layer >= last:
        return ""
    if seen.on_the_way:
        names = shape.layer_names(experiment)
        one, other = names[seen.layer], names[seen.layer + 1]
        return "On the way from %s to %s: %s %d %%%s at %s, %d %% at %s." % (
            one,
            other,
            gets,
            probes[seen.layer],
            right,
            one,
            probes[seen.layer + 1],
            other,
        )
    # A layer is told beside the plane, and the plane beside the best layer.
    other = 0 if seen.layer else _best(probes)
    return "%s %s %d %%%s; %s, %d %%." % (
        _capital(_place(experiment, seen.layer)),
        gets,
        probes[seen.layer],
        right,
        _place(experiment, other),
        probes[other],
    )


def _place(experiment, index):
    """Where a layer's points are: `in the plane`, `after the bend (tanh1)`. The numbers are of places, not of times."""
    if index == 0:
        is_plane = shape.shape_of(experiment).columns == 2 and shape.features(experiment) is None
        return "in the plane" if is_plane else "at the input"
    layers = shape.layers(experiment)
    return "after the %s (%s)" % (wording.plain_name(layers, index), layers[index][0])


def _capital(words):
    return words[0].upper() + words[1:]


def _known_probes(experiment, seen):
    """The quality of the linear probes on training points, in per cent, from the input to the logits; or []."""
    end = shape.layer_names(experiment).index(shape.logits_layer(experiment))
    probes = [training for training, _ in seen.probes[: end + 1]]
    return [] if len(probes) <= end or None in probes else probes


def _best(probes):
    """The first layer behind the input that is as good as the best of them, within a hair."""
    most = max(probes[1:])
    return next(index for index, probe in enumerate(probes) if index and probe >= most - 1)


def percent(share):
    """A share in per cent, which is 100 % only for all, and 0 % only for none."""
    rounded = round(100 * share)
    if share < 1:
        rounded = min(rounded, 99)
    if share > 0:
        rounded = max(rounded, 1)
    return "%d %%" % rounded


def number(value):
    """A number of three digits, with a typographic minus sign."""
    return ("%.3g" % value).replace("-", "−")
