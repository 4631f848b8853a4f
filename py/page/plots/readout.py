"""What the highlighted point or place is, in words under the views."""

from page.dom import by_id, numbers, set_text


class Readout:
    """A view of what `highlight` points at."""

    def __init__(self, highlight):
        self.highlight = highlight
        self.layer = ""
        self.left, self.right = by_id("boundary-readout"), by_id("representation-readout")
        self.points = self.labels = self.training = None
        self.told = True

    def tell(self, told):
        """Whether what changes is read out to people who hear the page: on every frame would be too often."""
        if told != self.told:
            self.told = told
            self.left.setAttribute("aria-live", "polite" if told else "off")

    # As a view, see `page.views`.

    def begin(self, experiment):
        self.show(None)

    def opened(self, run):
        self.points, self.labels, self.training = numbers(run.data.points), run.labels, run.training
        self.show(None)

    def follow(self, experiment):
        self.layer = experiment["layer"]

    def drawn(self, picture):
        self.show(picture)

    def show(self, frame):
        """Says what is pointed at; `frame` is the last picture, which has its scores and activations."""
        highlight, layer = self.highlight, self.layer
        left = right = ""
        if frame and highlight.point is not None:
            index = highlight.point
            # The picture may still be that of another point.
            known = frame.point == index
            scores = numbers(frame.point_scores) if known else []
            left = "%s · %s" % (
                point_words(index, self.labels[index], self.training[index], scores),
                place_words(self.points[2 * index : 2 * index + 2]),
            )
            values = numbers(frame.point_values) if known else []
            if values:
                right = "Point %d · %s %s" % (index, layer, place_words(values))
        elif frame and highlight.place:
            left = place_words(highlight.place)
            scores = numbers(frame.place_scores)
            if scores:
                left += " · " + prediction_words(scores)
            position = numbers(frame.place_position)
            if position:
                right = "this place is at " + place_words(position)
        set_text(self.left, left)
        set_text(self.right, right)
        # Each has the room of what stands there otherwise.
        by_id("legend").hidden = left != ""
        by_id("representation-shape").hidden = right != ""


def point_words(index, label, is_training, scores):
    """A point's class and what the network says, if that is known: `Point 17: class 1, predicted 1 at 97 %`."""
    words = "Point %d%s: class %d" % (index, "" if is_training else " (held out)", label)
    return words + ", " + prediction_words(scores) if scores else words


def prediction_words(scores):
    """What class scores say: `predicted 1 at 97 %`."""
    if any(score != score for score in scores):
        return "no prediction"
    best = max(scores)
    # Without a softmax a score may lie beyond 0 and 1.
    return "predicted %d at %.0f %%" % (scores.index(best), 100 * min(max(best, 0), 1))


def place_words(numbers, most=6):
    """Coordinates as text: `(1.25, −0.30)`; no more than `most` of them."""
    texts = [("%.2f" % number).replace("-", "−") for number in numbers[:most]]
    return "(%s%s)" % (", ".join(texts), ", …" if len(numbers) > most else "")
