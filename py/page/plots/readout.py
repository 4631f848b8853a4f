"""The words under the views: about the highlighted point or place, else the legend."""

from page import wording
from page.dom import by_id, element, numbers, set_text


class Readout:
    """A view that says in words what `highlight` points at, and what the marks of the points mean."""

    def __init__(self, highlight):
        self.highlight = highlight
        self.layer = ""
        self.left, self.right = by_id("boundary-readout"), by_id("representation-readout")
        # The experiment whose network is made, and the points of its data.
        self.experiment = self.points = None
        self.shows_held_out = True
        self.told = True

    def tell(self, told):
        """Sets whether changes are read out to people who hear the page; in training they would come too often."""
        if told != self.told:
            self.told = told
            self.left.setAttribute("aria-live", "polite" if told else "off")

    # As a view, see `page.views`.

    def begin(self, experiment):
        self.experiment = experiment
        self.shows_held_out = experiment["held_out_points"]
        self.points = None
        show_legend(experiment, ())
        self.show(None)

    def opened(self, run):
        self.points = run.points
        show_legend(self.experiment, self.points.targets)
        self.show(None)

    def follow(self, experiment):
        self.layer = experiment["layer"]
        if self.points and experiment["held_out_points"] != self.shows_held_out:
            self.shows_held_out = experiment["held_out_points"]
            show_legend(experiment, self.points.targets)

    def drawn(self, picture):
        self.show(picture)

    def show(self, frame):
        """Says what is pointed at; `frame` is the latest picture, which has the scores and activations, or None."""
        highlight, layer = self.highlight, self.layer
        left = right = ""
        if frame and highlight.point is not None:
            index = highlight.point
            # The picture may have been drawn for another point.
            is_there = frame.point == index
            words = [self.points.words(index, numbers(frame.point_targets) if is_there else ())]
            values = []
            if is_there:
                scores, targets = numbers(frame.point_scores), numbers(frame.point_targets)
                words.append(self.points.score_words(scores))
                words += self.points.residual_words(targets, scores)
                values = numbers(frame.point_values)
            left = "%s · %s" % (", ".join(words), self.points.place_words(self.points.place(index)))
            if values:
                right = "Point %d · %s %s" % (index, layer, wording.place_words(values))
        elif frame and highlight.place:
            left = self.points.place_words(highlight.place)
            scores = numbers(frame.place_scores)
            if scores:
                left += " · " + self.points.score_words(scores)
            position = numbers(frame.place_position)
            if position:
                right = "this place is at " + wording.place_words(position)
        set_text(self.left, left)
        set_text(self.right, right)
        # The words take the place of these elements.
        by_id("legend").hidden = left != ""
        by_id("representation-shape").hidden = right != ""


def show_legend(experiment, targets):
    """Shows the legend: what the marks of the points mean, see `wording.legend`."""
    legend = by_id("legend")
    marks = wording.legend(experiment, targets)
    legend.replaceChildren(*[element("li", text, class_=style) for text, style in marks])
    legend.setAttribute("aria-label", wording.legend_label(experiment))
