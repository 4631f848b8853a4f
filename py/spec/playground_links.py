"""TensorFlow Playground's links, as far as it shares with this page what they say.

Names and values are those of its `state.ts`.
"""

DATASETS = {"circle": "circle", "xor": "xor", "gauss": "gaussian", "spiral": "spiral"}
NAMES = {"activation": "activation", "batchSize": "batch_size", "learningRate": "learning_rate"}
# What is not here yet: by the name in the link, the value of theirs that asks for nothing, and how it is called.
ELSEWHERE = (
    ("noise", "0", "noise"),
    ("regularization", "", "regularization"),
    ("regularizationRate", "0", "its rate"),
    ("percTrainData", "50", "the share of training data"),
    ("problem", "classification", "regression"),
    ("xTimesY", "false", "the input x · y"),
    ("xSquared", "false", "the input x²"),
    ("ySquared", "false", "the input y²"),
    ("cosX", "false", "the input cos x"),
    ("cosY", "false", "the input cos y"),
    ("sinX", "false", "the input sin x"),
    ("sinY", "false", "the input sin y"),
    ("x", "true", "leaving out the input x"),
    ("y", "true", "leaving out the input y"),
)


def translated(given):
    """`(fields, complaints)`: texts by the names of this page's fields, and a sentence on what was left out.

    `given`: the link's values as texts, by name. Their seed makes other numbers than ours and is left out as well.
    """
    fields = {"hidden_layers": given["networkShape"]}
    for name, own in NAMES.items():
        if name in given:
            fields[own] = given[name]
    if given.get("initZero") == "true":
        fields["initialization"] = "zeros"
    if given.get("discretize") == "true":
        fields["shading"] = "classes"
    left_out = []
    if given.get("dataset") in DATASETS:
        fields["dataset"] = DATASETS[given["dataset"]]
    elif "dataset" in given:
        left_out.append("its data set")
    for name, nothing, words in ELSEWHERE:
        if given.get(name, nothing) not in (nothing, ""):
            left_out.append(words)
    if "seed" in given:
        left_out.append("its seed")
    if not left_out:
        return fields, []
    return fields, ["Of TensorFlow Playground's link this page does not have: %s." % ", ".join(left_out)]
