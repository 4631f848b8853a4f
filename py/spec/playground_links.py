"""Translates TensorFlow Playground's links, as far as this page has the same fields.

Names and values are those of TensorFlow Playground's `state.ts`.
"""

from spec.texts import number_text

CLASSES = {"circle": "circle", "xor": "xor", "gauss": "gaussian", "spiral": "spiral"}
NUMBERS = {"reg-plane": "plane", "reg-gauss": "gaussians"}
NAMES = {"activation": "activation", "batchSize": "batch_size", "learningRate": "learning_rate"}
# The inputs: the name in the link, whether it is one if the link does not say, and this page's key.
INPUTS = (
    ("x", "true", "x"),
    ("y", "true", "y"),
    ("xSquared", "false", "x2"),
    ("ySquared", "false", "y2"),
    ("xTimesY", "false", "xy"),
    ("sinX", "false", "sinx"),
    ("sinY", "false", "siny"),
)
# What this page does not have: the name in the link, the value that means it is not used, and words for it.
ELSEWHERE = (
    ("noise", "0", "noise"),
    ("cosX", "false", "the input cos x"),
    ("cosY", "false", "the input cos y"),
)


def translated(given):
    """`(fields, complaints)`: texts by the names of this page's fields, and a sentence on what was left out, if any.

    `given`: the link's values as texts, by name. Its seed is left out too, because the generators differ.
    """
    fields = {"hidden_layers": given["networkShape"]}
    for name, own in NAMES.items():
        if name in given:
            fields[own] = given[name]
    if given.get("initZero") == "true":
        fields["initialization"] = "zeros"
    if given.get("discretize") == "true":
        fields["shading"] = "classes"
    inputs = [own for name, usual, own in INPUTS if given.get(name, usual) == "true"]
    if inputs and inputs != ["x", "y"]:
        fields["inputs"] = ",".join(inputs)
    left_out = []
    kind, rate = given.get("regularization", ""), given.get("regularizationRate", "0")
    if kind == "L1" and rate != "0":
        fields["l1"] = rate
    elif kind == "L2" and rate != "0":
        fields["l2"] = _half(rate)
    name, known = ("regDataset", NUMBERS) if given.get("problem") == "regression" else ("dataset", CLASSES)
    if given.get(name) in known:
        fields["dataset"] = known[given[name]]
    elif name in given:
        left_out.append("its data set")
    # None is the same for both, but for Gaussian, whose clouds are noise and nothing else here.
    if given.get("noise") == "0" and fields.get("dataset", "gaussian") != "gaussian":
        fields["noise"] = "0"
    share = given.get("percTrainData", "")
    if share in [str(number) for number in range(10, 100)]:
        fields["held_out"] = str(100 - int(share))
    elif share:
        left_out.append("its share of training data")
    for name, nothing, words in ELSEWHERE:
        if given.get(name, nothing) not in (nothing, ""):
            left_out.append(words)
    if "seed" in given:
        left_out.append("its seed")
    if not left_out:
        return fields, []
    return fields, [
        "This page has no counterpart of these parts of TensorFlow Playground's link: %s." % ", ".join(left_out)
    ]


def _half(text):
    """Half of a number, as text, since it is w² / 2 that has a price there; what is none stays as it is."""
    try:
        return number_text(float(text) / 2)
    except ValueError:
        return text
