"""Texts about a run. Pure."""

from page import phase
from spec import fields, texts

# The metrics that are told of a run that has paused, as far as its task has them.
TOLD = (
    ("loss", "train_loss"),
    ("accuracy", "train_accuracy"),
    ("R²", "train_r2"),
    ("mean absolute error", "train_mean_absolute_error"),
)


def is_finite(value):
    """Whether a number is neither NaN nor infinite."""
    return value == value and abs(value) != float("inf")


def plain_number(value):
    """A number as text for programs: as short as possible, or `nan`, `inf`, `-inf`."""
    return texts.number_text(value) if is_finite(value) else str(value)


def known(metrics, diverged):
    """The metrics that are known, by name. NaN means not known, except after divergence."""
    return {name: value for name, value in (metrics or {}).items() if diverged or value == value}


def metric_text(name, value):
    """A metric as a figure: `0.123`, `97.5 %`; a dash for None."""
    if value is None:
        return "–"
    if not is_finite(value):
        return "not finite"
    if name.endswith("accuracy"):
        return "%.1f %%" % (100 * value)
    if name.endswith("r2"):
        text = "%.3f" % value if value > -1000 else "%.2e" % value
        return "0.000" if text == "-0.000" else text.replace("-", "−")
    if name.endswith("error") and 1000 <= value < 1000000:
        # It is in the unit of what is predicted, which may be large.
        return "%.0f" % value
    return "%.3f" % value if value == 0 or 0.001 <= value < 1000 else "%.2e" % value


def reading_words(epoch, metric, training, held_out):
    """What both curves of a chart say at an epoch; `metric` is a loss or a score. NaN means not known."""
    figures = [metric_text(metric, value if value == value else None) for value in (training, held_out)]
    return "epoch %s: training %s, held out %s" % ("{:,}".format(epoch), figures[0], figures[1])


def loss_words(metrics, metric="loss"):
    """The loss or another metric in words, for labels.

    What is not known of held-out points is left out: there may be none.
    """
    words = "%s for the training points" % metric_text("train_" + metric, metrics.get("train_" + metric))
    held_out = metrics.get("test_" + metric)
    if held_out != held_out:
        return words
    return "%s and %s for the held-out points" % (words, metric_text("test_" + metric, held_out))


def prediction_words(metrics):
    """How well numbers are predicted, in words, for labels: R² and the mean absolute error."""
    r2 = metrics["train_r2"]
    words = loss_words(metrics, "r2") if is_finite(r2) else "not known for the training points"
    return "R² is %s, the mean absolute error %s" % (words, loss_words(metrics, "mean_absolute_error"))


def accuracy_words(metrics):
    """The accuracy in words, for labels; "" if the task has none. As to held-out points see `loss_words`."""
    if "train_accuracy" not in metrics:
        return ""
    share, held_out = metrics["train_accuracy"], metrics["test_accuracy"]
    words = "%s of the training points" % ("%.0f%%" % (100 * share) if is_finite(share) else "no known share")
    return "%s and %.0f%% of the held-out points" % (words, 100 * held_out) if is_finite(held_out) else words


def right_words(data, accuracy, right):
    """How many training points are classified right: `176 of 180 training points on the correct side`.

    `data` is a `shape.Shape`, `accuracy` the latest of the training points, `right` how many are in the picture.
    """
    if not is_finite(accuracy):
        return "no number that is finite"
    return "%d of %d training points on the correct side" % (right, data.training)


def wrong_words(data, counts, are_crossed=True):
    """How many points are classified wrong: `4 of 180 wrong, held out 3 of 20`, and whether crosses tell which.

    `data` is a `shape.Shape`, `counts` the numbers of training and of held-out points that are.
    """
    held_out = data.rows - data.training
    words = "%d of %d wrong" % (counts[0], data.training)
    if held_out:
        words += ", held out %d of %d" % (counts[1], held_out)
    return words if are_crossed else words + ", too many to cross"


def state_words(now, run):
    """A phase in words, or "" if there is nothing to announce; `run` has `epoch` and `metrics`."""
    if now.state == phase.PAUSED:
        parts = ["Paused at epoch %s" % "{:,}".format(run.epoch)]
        for word, name in TOLD:
            value = (run.metrics or {}).get(name)
            # R² is not known where all targets are the same.
            if value is not None and value == value:
                parts.append("%s %s" % (word, metric_text(name, value)))
        return ", ".join(parts) + (". " + now.reason if now.reason else "")
    if now.state == phase.LOADING:
        return "Making the network" if now.waiting == phase.NETWORK else ""
    return {
        phase.READY: "Ready",
        phase.TRAINING: "Training",
        phase.DIVERGED: "Training diverged",
        phase.ERROR: "The lab has stopped",
    }[now.state]


def stop_words(rule, held_out):
    """Why training has stopped by itself; `rule` is the value of `stop_at`, `held_out` the number of such points."""
    kind, number = rule or ("", 0)
    loss = "the held-out loss" if held_out else "the loss"
    if kind == "epoch":
        return "Stopped at this epoch, as Stop at says; Play goes on."
    if kind == "loss":
        return "Stopped because %s has fallen to %s; Play goes on." % (loss, texts.number_text(number))
    if kind == "patience":
        epochs = "epoch" if number == 1 else "{:,} epochs".format(number)
        return "Stopped because %s has become no better for %s; Play goes on." % (loss, epochs)
    return "Stopped, as Stop at said; Play goes on."


def divergence(step, rate):
    """The message after divergence; `step` is the last step with a finite loss, `rate` the present learning rate."""
    return (
        "Training diverged at step %s: the loss is no longer a finite number. Try a smaller learning rate (now %s), a "
        "normalization, or another initialization, and press Play to start afresh."
        % ("{:,}".format(step + 1), fields.text_of("learning_rate", rate))
    )
