"""Shadings of the input plane: each function gives the colours from no certainty to full certainty.

A function takes `(certainty, colours, neutral)`: certainty from 0 to 1, shape (steps, 1), a list of the classes'
colours, and the colour of no preference, all colours as floats from 0 to 255. It returns a list of ramps, one for each
class, of shape (steps, 3). Its name is its key in the registry.
"""

import numpy as np

# The plane has at most this share of the classes' colours, so that the points, which have the full colours, stand out.
STRENGTH = 0.62


def probability(certainty, colours, neutral):
    """The more certain the network is, the more of the class's colour."""
    return [neutral + STRENGTH * certainty * (colour - neutral) for colour in colours]


def classes(certainty, colours, neutral):
    """The class's colour, whatever the certainty."""
    return probability(np.ones_like(certainty), colours, neutral)


def confidence(certainty, colours, neutral):
    """The certainty, whatever the class: all classes have the same colour, the mean of their colours."""
    return probability(certainty, [np.mean(colours, axis=0)] * len(colours), neutral)


def neuron(certainty, colours, neutral):
    """A neuron's magnitude and sign, shaded like probabilities; the two colours are those of the signs."""
    return probability(certainty, colours, neutral)
