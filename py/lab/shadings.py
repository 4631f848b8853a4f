"""How the input plane is shaded: each function gives the colours from no certainty to full certainty.

A function takes `(certainty, colours, neutral)`: certainty (steps, 1) from 0 to 1, a list of the classes' colours, and
the colour of no preference, in floats from 0 to 255. It returns a list of ramps, (steps, 3), one for each class.
Its name is its key in the registry.
"""

import numpy as np

# Saturated colours are drawn through the points' own colour at this strength, so that points stand out.
STRENGTH = 0.62


def probability(certainty, colours, neutral):
    """The more certain, the more of the class's colour."""
    return [neutral + STRENGTH * certainty * (colour - neutral) for colour in colours]


def classes(certainty, colours, neutral):
    """The class's colour, however certain it is."""
    return probability(np.ones_like(certainty), colours, neutral)


def confidence(certainty, colours, neutral):
    """How certain it is, whatever the class: all classes have the mean of their colours."""
    return probability(certainty, [np.mean(colours, axis=0)] * len(colours), neutral)


def neuron(certainty, colours, neutral):
    """As by probability, of a neuron's magnitude and sign."""
    return probability(certainty, colours, neutral)
