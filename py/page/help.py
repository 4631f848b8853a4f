"""The sentences that say what each view, control and number of the page is. Pure.

They are found by what an element's attribute `data-tip` says or, without one, by its id.
"""

from collections import OrderedDict

from spec import registry

# A sentence, or a dict of one for each task. The controls of the fields are named like their fields.
SENTENCES = OrderedDict(
    [
        # The masthead.
        ("brand", "Opens the page with every choice as it was at first."),
        ("play", "Starts the training, and pauses it."),
        ("step", "Trains to the end of the present epoch."),
        ("reset", "Goes back to epoch 0, with the weights that this run began with."),
        ("speed", "How many training steps are taken each second; flat out is as many as this computer can."),
        (
            "counters",
            "An epoch is one pass through all training points, a step one move of the weights, made for one batch.",
        ),
        ("epoch", "How often training has been through all training points."),
        ("steps", "How often training has moved the weights, each time for one batch of points."),
        ("rate", "How many steps are trained each second."),
        (
            "around",
            "Shows in six short beats, on this very page, what a network does to a space; you can leave at any time.",
        ),
        ("about", "What this page is made of, whether it works offline, licences, and a list of all keys."),
        ("keys", "Lists every key that does something on this page."),
        ("licences", "Says whose work is part of this page, and on what terms."),
        ("present", "Shows only the pictures, large, for people who sit far away; Esc leaves."),
        ("theme", "Makes a light page dark and a dark one light."),
        ("source", "The code that runs here, to be read."),
        # The plane.
        (
            "plane",
            {
                registry.CLASSIFICATION: "The plane that the points lie in, coloured by what the network says of every "
                "place; the line is where it cannot decide.",
                registry.REGRESSION: "The number that the network gives every place, in colours and by lines at round "
                "numbers or, where there is one input, as a curve beside the points.",
            },
        ),
        (
            "legend",
            {
                registry.CLASSIFICATION: "Colour and shape are a point's class; hollow points are held out: the "
                "network never trains on them.",
                registry.REGRESSION: "Colour is the number that goes with a point; hollow points are held out: the "
                "network never trains on them.",
            },
        ),
        (
            "scale",
            "What the plane's colours mean, in the network's own numbers; sure is a probability of 100 %.",
        ),
        (
            "wrong",
            "How many points the network has wrong, each marked with a cross; those held out are counted apart.",
        ),
        ("sentence", "What is seen now, in words, from this run's own numbers."),
        ("lasso", "Lets you draw a loop around points, which then stay highlighted in every view."),
        ("plane-options", "What the plane shows: its colours, the boundary, and where neurons pass through zero."),
        ("boundary-readout", "What the network says of the point or place that is pointed at."),
        ("selection", "How many points are chosen; they stay highlighted in every view."),
        ("clear-selection", "Lets go of the points that are chosen."),
        (
            "shading",
            {
                registry.CLASSIFICATION: "What the plane's colours stand for: how likely a class is, the likeliest, "
                "how sure that is, or the output of one neuron.",
                registry.REGRESSION: "What the plane's colours stand for: the number predicted, on which side or how "
                "far it is from the middle of the targets, or the output of one neuron.",
            },
        ),
        (
            "across",
            "The input that runs from left to right on a slice through all inputs; or the direction in which the "
            "points differ most, a mix of them.",
        ),
        ("up", "The input that runs upwards on a slice through all inputs; or the second such mix."),
        (
            "through",
            "The point, by its number, through which the slice goes: on it the inputs that are not seen are as they "
            "are at that point; empty for their means.",
        ),
        ("neuron", "The neuron that shades the plane: its layer, a dot, and its number counted from 0."),
        (
            "contour",
            {
                registry.CLASSIFICATION: "Draws the line where the network cannot decide between classes.",
                registry.REGRESSION: "Draws lines through the places for which the network predicts a round number or, "
                "where there is one input, the curve of what it predicts.",
            },
        ),
        (
            "zero_lines",
            "Draws where each hidden neuron's input is zero: straight for the first hidden layer, where it is one cut "
            "through the plane.",
        ),
        (
            "residuals",
            {
                registry.CLASSIFICATION: "Draws how far predicted numbers are from the right ones; of other things "
                "than numbers there is nothing to draw.",
                registry.REGRESSION: "Draws how far each point's number is above or below the prediction: the whole "
                "range of the numbers is half the plane's height; with one input, down or up to the curve.",
            },
        ),
        # The space.
        (
            "space",
            "The same points inside the network, at the layer of the playhead, and the plane's grid as bent there.",
        ),
        ("layer", "The layer whose space is shown; the playhead goes there."),
        ("fit", "Brings all points back into sight."),
        (
            "space-options",
            "How a layer of many dimensions is shown in two or three, and what is drawn beside the points.",
        ),
        (
            "projection",
            "How a layer of more than three dimensions is shown: best view parts the classes, PCA keeps most of the "
            "variance, the grand tour turns through all.",
        ),
        ("dimensions", "Which neurons of the layer are the axes of the picture, counted from 0."),
        (
            "grid",
            {
                registry.CLASSIFICATION: "The plane's square grid as the network has bent it at this layer, in the "
                "colours of the classes that it finds there.",
                registry.REGRESSION: "The plane's square grid as the network has bent it at this layer, in the colours "
                "of the numbers that it predicts there.",
            },
        ),
        (
            "boundary",
            "Draws the network's boundary as it lies in the space of this layer: thick as far as the plane reaches.",
        ),
        ("representation-shape", "Which layer is shown, how many points and dimensions it has, and how it is seen."),
        ("representation-readout", "Where the point or place that is pointed at lies at this layer."),
        ("tour", "Stops the grand tour where it is, or lets it go on."),
        # The experiment.
        ("data", "The points to learn from, and the seeds by which they and the weights are drawn."),
        ("network", "How many layers and neurons there are, what bends the space, and how the weights begin."),
        ("training", "How the weights are moved at each step."),
        ("dataset", "The points that the network learns from."),
        ("points", "How many points there are; empty for as many as the data set has by itself."),
        (
            "noise",
            "How far chance moves points or their numbers, in per cent of the set's own noise; 0 for not at all.",
        ),
        ("held_out", "The per cent of the points that the network never trains on; empty for the data set's own."),
        ("classes", "How many kinds of points there are, in data sets that can have any number from 2 to 10."),
        ("data_seed", "The number by which the points are drawn; empty means the same number as Seed."),
        ("seed", "The number by which the first weights and the batches are drawn: the same seed makes the same run."),
        ("new-weights", "Starts afresh from the weights of the next seed, on the same points."),
        (
            "inputs",
            "What the network is told of each point: its numbers, or what can be computed of them, such as a square.",
        ),
        ("hidden_layers", "How many neurons each hidden layer has, such as 8, 4 for two layers; empty for none."),
        (
            "activation",
            "The curve that each neuron of a hidden layer puts its number through; Linear is none, and bends nothing.",
        ),
        (
            "normalization",
            "Whether a hidden layer's numbers are brought to a common scale before the bend, over each batch or within "
            "each point.",
        ),
        ("initialization", "How the weights are drawn that the network begins with."),
        ("l1", "A price on every weight, by its size: the larger the rate, the more weights become nothing at all."),
        ("l2", "A price on every weight, by its square: the larger the rate, the smaller and smoother all stay."),
        (
            "dropout",
            "The share of the hidden neurons' numbers that each training step leaves out, chosen by chance; where the "
            "network predicts, all are there.",
        ),
        (
            "clip",
            "The most that all slopes of the loss together may be, as the length of one vector: longer ones are made "
            "that short; 0 for no limit.",
        ),
        ("learning_rate", "How far each step moves the weights; too far, and the loss grows instead of falling."),
        (
            "schedule",
            "Whether the learning rate stays, is halved after every so many epochs, or falls along half a wave to 0; "
            "Decay epochs says how many.",
        ),
        ("decay_epochs", "After how many epochs Step halves the learning rate, or Cosine has brought it down to 0."),
        ("warm_up", "For how many epochs the learning rate first rises evenly from 0, before its schedule begins."),
        (
            "rate-curve",
            "The learning rate after each epoch, as schedule and warm-up make it, on the same axis as the curves.",
        ),
        ("optimizer", "The rule that turns the slope of the loss into a move of the weights."),
        ("loss", "How the error is counted that training makes small."),
        ("batch_size", "How many training points are looked at for one step."),
        (
            "stop_at",
            "Where training pauses by itself: 200 for that epoch, loss 1 for that held-out loss, patience 50 if that "
            "is no better for so many epochs; empty for never.",
        ),
        # Curves and time.
        ("loss-chart", "How far the network's answers are from the right ones after each epoch; less is better."),
        (
            "accuracy-chart",
            {
                registry.CLASSIFICATION: "The share of points that the network has right after each epoch; those held "
                "out tell whether it has learnt more than the points by heart.",
                registry.REGRESSION: "R²: the share of the numbers' variance that is predicted; 1 is all, below 0 "
                "their mean would do better, and a dash means that all numbers are the same.",
            },
        ),
        (
            "mean-absolute-error",
            "How far the predicted numbers are from the right ones on average, in the numbers' own units.",
        ),
        ("curves", "The full line is for the points that the network trains on, the dashed one for those held out."),
        ("listen", "Lets the loss be heard as a pitch while the network trains: lower is better."),
        (
            "flip-book",
            {
                registry.CLASSIFICATION: "Shows all layers at chosen epochs of this run in one picture: when and where "
                "the classes came apart.",
                registry.REGRESSION: "Shows all layers at chosen epochs of this run in one picture: when and where the "
                "points came into the order of their numbers.",
            },
        ),
        ("timeline", "Takes every view back to an earlier epoch of this run; Play repeats the run from there."),
        ("branch", "Trains on from the epoch that is shown, and forgets what came after it."),
        # The network.
        (
            "strip",
            "The network from left to right: each column is a layer with its space in small, each tile a neuron.",
        ),
        ("journey", "Takes the playhead through all layers, from the points to the scores, or back again."),
        ("depth", "How deep the network is: the sign before takes a hidden layer away, the one after adds one."),
        ("remove-layer", "Takes the last hidden layer away."),
        ("add-layer", "Adds a hidden layer after the last one."),
        (
            "separability",
            {
                registry.CLASSIFICATION: "How many training points a straight line (logistic regression, moved where "
                "it has clearly more) gets right at each layer, and, as a dash, of those held out.",
                registry.REGRESSION: "How much of the targets' variance a linear fit explains at each layer, and, as a "
                "dash, for the points held out: 100 % means that it is enough there.",
            },
        ),
        (
            "heat",
            "How large a neuron's output is at full colour, in the layer that is seen; each layer has its own scale.",
        ),
        (
            "signs",
            "Each line is a weight: thick where it is large, dashed where it is negative, which turns the sign round.",
        ),
        ("rail", "The playhead: drag it along the layers, and the space bends from one into the next."),
        (
            "tile",
            "A neuron as a map of the plane: one colour where its output is positive, the other where it is negative; "
            "click it to see it large.",
        ),
        ("width", "How many neurons this hidden layer has."),
        ("wider", "Adds a neuron to this hidden layer."),
        ("narrower", "Takes a neuron from this hidden layer."),
        ("layer-points", "The input: the points as they are, before any layer."),
        (
            "layer-weights",
            "fc means fully connected: each neuron adds up all numbers before it, each times a weight, which turns and "
            "stretches the space but keeps lines straight.",
        ),
        ("layer-bend", "The activation: each number goes through a curve, and only that can bend the space."),
        (
            "layer-rescale",
            "Normalization: BN brings each neuron's numbers to a common scale over a batch, LN those of each point.",
        ),
        (
            "layer-scores",
            {
                registry.CLASSIFICATION: "The scores, or logits: one number for each class, of which the largest wins, "
                "so that the boundary is straight here.",
                registry.REGRESSION: "The last weights: what comes out is the prediction.",
            },
        ),
        ("layer-probabilities", "Softmax turns the scores into probabilities: positive numbers that add up to 1."),
        # While a person is shown around.
        ("guide-back", "Goes back to the beat before."),
        ("guide-next", "Goes on to the next beat, or after the last one back to your own experiment."),
        ("guide-keep", "Ends the beats and keeps the experiment that is seen."),
        ("guide-leave", "Ends the beats and brings back your own experiment; another time they go on from here."),
        # A person's own data.
        (
            "draw",
            "Lets you draw points: click or press Enter to add one, drag one to move it, erase with Delete, while the "
            "network goes on learning.",
        ),
        (
            "drawn-class",
            {
                registry.CLASSIFICATION: "The class of the points that you draw, and of those that you click.",
                registry.REGRESSION: "The kind of point that you draw, where the data have kinds.",
            },
        ),
        ("spray", "Scatters points around where you draw."),
        ("erase", "Takes away the points that you click or draw over."),
        ("undo-stroke", "Takes back what you have drawn last."),
        ("redo-stroke", "Draws again what you have taken back."),
        (
            "held_out_points",
            "Whether the points that are held out, with which the network is not trained but tested, are drawn.",
        ),
        ("own-data", "Your own points instead of a set of this page: from a file, or out of a spreadsheet."),
        (
            "own-file",
            "Reads a table from a file and shows how it is read, before it is used; it never leaves this device.",
        ),
        ("own-text", "Reads the lines of a table that you paste here, say out of a spreadsheet."),
        ("own-read", "Reads what was pasted, and shows how, before it is used."),
        ("own-download", "Saves the data that are seen as a table, CSV, which can be opened here again."),
        ("own-forget", "Removes all of your tables from this page and from this browser."),
        # The offer of a new version.
        ("update", "Loads the new version of this page, and keeps your experiment."),
        ("later", "Puts the offer away and keeps the version that is open."),
    ]
)


def sentence(key, task, dataset=None):
    """What the element with that key is, in one sentence, where the data are of that task; None if there is none.

    `dataset` is the key of the data set, which Dataset tells of.
    """
    found = SENTENCES.get(key)
    about = dataset and registry.trait("dataset", dataset, "about")
    if key == "dataset" and about:
        return "%s: %s" % (found[:-1], about[0].lower() + about[1:])
    return found[task] if isinstance(found, dict) else found
