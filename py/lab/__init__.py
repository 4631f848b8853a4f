"""The lab: data, network, training and views in plain `autograd.numpy`; `session` is the page's only door."""
