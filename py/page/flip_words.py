"""What the flip-book says: what its pictures show, and at which of them a straight line first gets the most. Pure."""

from page import story
from spec import registry, shape

HINTS = {
    registry.CLASSIFICATION: "Full line: decision boundary. Dashed line, of hidden layers: the line that parts the "
    "classes best. Bar and number: what a straight line gets right there, the separability.",
    registry.REGRESSION: "Bar and number: separability, what a linear fit explains of the numbers at this layer.",
}


def best(shares):
    """The places `(row, column)` where separability is highest, as far as its whole per cent say; in reading order.

    `shares` maps places to separabilities between 0 and 1; those that are not known are NaN, and are left out.
    """
    known = {place: story.percent(share) for place, share in shares.items() if share == share}
    if not known:
        return []
    most = max(int(text.split()[0]) for text in known.values())
    return sorted(place for place, text in known.items() if text == "%d %%" % most)


def finding(experiment, epochs, shares):
    """When and where a straight line gets the most, in one sentence; "" if no separability is known.

    `epochs` are those of the rows, `shares` as in `best`.
    """
    places = best(shares)
    if not places:
        return ""
    row, column = places[0]
    data, most = shape.shape_of(experiment), story.percent(shares[places[0]])
    regression = data.task == registry.REGRESSION
    if regression:
        gets = "a linear fit explains %s of the numbers" % most
    elif data.outputs == 2:
        gets = "a straight line gets %s of the training points right" % most
    else:
        gets = "straight cuts get %s of the training points right" % most
    if column == 0:
        return "%s before the first layer, and no more at any other." % (gets[0].upper() + gets[1:])
    there = "at %s by epoch %s" % (shape.layer_names(experiment)[column], "{:,}".format(epochs[row]))
    if regression:
        return "Best in order %s: %s." % (there, gets)
    return "%s %s: %s." % ("The classes have come apart" if most == "100 %" else "Farthest apart", there, gets)
