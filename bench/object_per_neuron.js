// A network in the style of TensorFlow Playground's `nn.ts`, the fastest known code by hand for a training step of a
// small network in a page. There is an object for each neuron and for each link between two neurons; a link has its own
// weight and its sum of gradients. Examples go through one at a time, in double precision, and the weights are updated
// after a whole batch. The code is this project's own. Unlike the original it ends in softmax and cross entropy and has
// momentum, like all contenders here.

const ACTIVATIONS = {
  tanh: { of: Math.tanh, slope: (output) => 1 - output * output },
  linear: { of: (input) => input, slope: () => 1 },
};

/** One neuron: its bias, and its input and output for the present example. */
class Neuron {
  constructor(activation) {
    this.activation = activation;
    this.incoming = [];
    this.outgoing = [];
    this.output = 0;
    // The derivative of the loss with respect to the neuron's input.
    this.derivative = 0;
    this.bias = 0;
    this.summed = 0;
    this.velocity = 0;
  }

  fire() {
    let total = this.bias;
    for (let index = 0; index < this.incoming.length; index++) {
      const link = this.incoming[index];
      total += link.weight * link.source.output;
    }
    this.output = this.activation.of(total);
  }

  /** Computes the derivative from those of the neurons that come after this one. */
  collect() {
    let total = 0;
    for (let index = 0; index < this.outgoing.length; index++) {
      const link = this.outgoing[index];
      total += link.weight * link.target.derivative;
    }
    this.derivative = total * this.activation.slope(this.output);
  }

  /** Adds the example's part to the gradients of the bias and of every weight that leads here. */
  accumulate() {
    this.summed += this.derivative;
    for (let index = 0; index < this.incoming.length; index++) {
      const link = this.incoming[index];
      link.summed += this.derivative * link.source.output;
    }
  }

  /** Moves the bias and every weight that leads here, by the mean of `rows` gradients. */
  update(rows, learningRate, momentum) {
    this.velocity = momentum * this.velocity + this.summed / rows;
    this.bias -= learningRate * this.velocity;
    this.summed = 0;
    for (let index = 0; index < this.incoming.length; index++) {
      const link = this.incoming[index];
      link.velocity = momentum * link.velocity + link.summed / rows;
      link.weight -= learningRate * link.velocity;
      link.summed = 0;
    }
  }
}

/** The weight between two neurons. */
class Link {
  constructor(source, target, weight) {
    this.source = source;
    this.target = target;
    this.weight = weight;
    this.summed = 0;
    this.velocity = 0;
  }
}

/** Layers of neurons of these widths, linked by `kernels`, one for each layer but the first: inputs × outputs. */
export class Network {
  constructor(widths, kernels, activation = "tanh") {
    this.layers = widths.map((width, depth) => {
      const isHidden = depth > 0 && depth < widths.length - 1;
      return Array.from({ length: width }, () => new Neuron(ACTIVATIONS[isHidden ? activation : "linear"]));
    });
    this.layers.slice(1).forEach((layer, depth) => {
      layer.forEach((target, column) => {
        this.layers[depth].forEach((source, row) => {
          const link = new Link(source, target, kernels[depth][row * layer.length + column]);
          source.outgoing.push(link);
          target.incoming.push(link);
        });
      });
    });
  }

  /** Sends one point through; the last layer's outputs are then the classes' probabilities. */
  forward(point) {
    const [inputs] = this.layers;
    for (let index = 0; index < inputs.length; index++) inputs[index].output = point[index];
    for (let depth = 1; depth < this.layers.length; depth++) {
      const layer = this.layers[depth];
      for (let index = 0; index < layer.length; index++) layer[index].fire();
    }
    softmax(this.layers.at(-1));
  }

  /** Propagates the error of the classes' probabilities backwards, and adds the example's part to all gradients. */
  backward(label) {
    const end = this.layers.length - 1;
    const classes = this.layers[end];
    for (let index = 0; index < classes.length; index++) {
      classes[index].derivative = classes[index].output - (index === label ? 1 : 0);
    }
    for (let depth = end; depth > 0; depth--) {
      const layer = this.layers[depth];
      for (let index = 0; index < layer.length; index++) {
        if (depth < end) layer[index].collect();
        layer[index].accumulate();
      }
    }
  }

  /** One step: every example forward and backward, then the update. An example has a `point` and a `label`. */
  trainBatch(examples, learningRate, momentum) {
    for (let row = 0; row < examples.length; row++) {
      this.forward(examples[row].point);
      this.backward(examples[row].label);
    }
    for (let depth = 1; depth < this.layers.length; depth++) {
      for (const neuron of this.layers[depth]) neuron.update(examples.length, learningRate, momentum);
    }
  }

  /** The mean cross entropy of the examples. */
  loss(examples) {
    const losses = examples.map(({ point, label }) => {
      this.forward(point);
      return -Math.log(this.layers.at(-1)[label].output);
    });
    return losses.reduce((sum, loss) => sum + loss) / losses.length;
  }
}

/** Turns the outputs of these neurons into probabilities. */
function softmax(neurons) {
  let largest = -Infinity;
  for (let index = 0; index < neurons.length; index++) largest = Math.max(largest, neurons[index].output);
  let total = 0;
  for (let index = 0; index < neurons.length; index++) {
    neurons[index].output = Math.exp(neurons[index].output - largest);
    total += neurons[index].output;
  }
  for (let index = 0; index < neurons.length; index++) neurons[index].output /= total;
}
