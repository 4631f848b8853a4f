// Trains the original demo's networks with TensorFlow.js itself, on its plain JavaScript backend.
//
//     node tensorflow_runner.js path/to/tf.min.js < cases.json > results.json
//
// Input and output are described in `reference.py`. Many cases share one process, because loading
// TensorFlow.js costs far more than training a small network.
"use strict";

const path = require("node:path");

const OPTIMIZERS = {
  sgd: (tf, rate) => tf.train.sgd(rate),
  momentum: (tf, rate) => tf.train.momentum(rate, 0.9),
  nesterov: (tf, rate) => tf.train.momentum(rate, 0.9, true),
  adam: (tf, rate) => tf.train.adam(rate),
  rmsprop: (tf, rate) => tf.train.rmsprop(rate),
};

const NORMALIZATIONS = {
  none: () => [],
  batch_norm: (tf, index) => [tf.layers.batchNormalization({ name: `BN${index}` })],
  layer_norm: (tf, index) => [tf.layers.layerNormalization({ name: `LN${index}` })],
};

const LOSSES = {
  cross_entropy: () => "categoricalCrossentropy",
  mean_squared_error: () => "meanSquaredError",
  huber: (tf) => (targets, outputs) => tf.losses.huberLoss(targets, outputs),
};

/** One entry of a table, or an error that lists what the table has. */
function choose(table, key, what) {
  if (!Object.hasOwn(table, key)) {
    throw new Error(`unknown ${what} ${JSON.stringify(key)}: one of ${Object.keys(table).join(", ")}`);
  }
  return table[key];
}

/**
 * The layers of the original demo, in order, by its names.
 *
 * The demo normalizes after the last dense layer too; `normalize_output` says whether to do that.
 */
function makeLayers(tf, experiment) {
  const widths = [...experiment.hidden_layers, experiment.classes];
  const normalize = choose(NORMALIZATIONS, experiment.normalization, "normalization");
  const layers = [tf.layers.inputLayer({ inputShape: [2], name: "input" })];
  widths.forEach((units, position) => {
    const index = position + 1;
    const isLast = index === widths.length;
    const kernelRegularizer = tf.regularizers.l1l2({ l1: experiment.l1, l2: experiment.l2 });
    layers.push(tf.layers.dense({ units, name: `fc${index}`, kernelRegularizer }));
    if (!isLast || experiment.normalize_output) layers.push(...normalize(tf, index));
    if (!isLast) {
      const activation = experiment.activation;
      layers.push(tf.layers.activation({ activation, name: `${activation}${index}` }));
    }
  });
  if (experiment.loss === "cross_entropy") layers.push(tf.layers.softmax({ name: "softmax" }));
  return layers;
}

/** The layers that hold weights: dense layers and normalizations, in network order. */
function weightedLayers(model) {
  return model.layers.filter((layer) => layer.getWeights().length > 0);
}

/**
 * Gives the model a flat list of initial weights: two arrays per dense layer (kernel, bias) and per
 * normalization (gamma, beta).
 *
 * TensorFlow.js's batch norm owns two more, its moving mean and moving variance, which come after gamma
 * and beta in `getWeights`; they keep their initial values.
 */
function setInitialWeights(tf, model, weights) {
  const layers = weightedLayers(model);
  if (weights.length !== 2 * layers.length) {
    throw new Error(`expected ${2 * layers.length} weight arrays, got ${weights.length}`);
  }
  layers.forEach((layer, position) => {
    const given = weights.slice(2 * position, 2 * position + 2).map((values) => tf.tensor(values));
    layer.setWeights([...given, ...layer.getWeights().slice(2)]);
    tf.dispose(given);
  });
}

/** Trainable arrays in the order that `setInitialWeights` takes. */
function currentWeights(model) {
  return weightedLayers(model).flatMap((layer) => layer.getWeights().slice(0, 2).map((array) => array.arraySync()));
}

/** Moving means and variances of each batch norm layer, in network order. */
function movingStatistics(model) {
  return weightedLayers(model)
    .map((layer) => layer.getWeights().slice(2))
    .filter((statistics) => statistics.length === 2)
    .map(([mean, variance]) => ({ mean: mean.arraySync(), variance: variance.arraySync() }));
}

async function trainOnBatches(tf, model, batches) {
  const losses = [];
  for (const batch of batches) {
    const x = tf.tensor2d(batch.x);
    const y = tf.tensor2d(batch.y);
    losses.push(await model.trainOnBatch(x, y));
    tf.dispose([x, y]);
  }
  return losses;
}

/**
 * As `trainOnBatches`, but with gradients whose global norm is at most `experiment.clip`, which TensorFlow.js leaves to
 * its users. Without penalties.
 */
function trainClipped(tf, model, batches, experiment) {
  const optimizer = choose(OPTIMIZERS, experiment.optimizer, "optimizer")(tf, experiment.learning_rate);
  const loss = choose(LOSSES, experiment.loss, "loss")(tf);
  const lossOf = typeof loss === "string" ? tf.metrics[loss] : loss;
  const weights = model.trainableWeights.map((weight) => weight.val);
  return batches.map((batch) =>
    tf.tidy(() => {
      const [x, y] = [tf.tensor2d(batch.x), tf.tensor2d(batch.y)];
      const { value, grads } = tf.variableGrads(() => lossOf(y, model.apply(x, { training: true })).mean(), weights);
      const norm = Math.hypot(...Object.values(grads).map((gradient) => tf.norm(gradient).arraySync()));
      const factor = Math.min(1, experiment.clip / norm);
      const clipped = Object.entries(grads).map(([name, gradient]) => [name, gradient.mul(factor)]);
      optimizer.applyGradients(Object.fromEntries(clipped));
      return value.arraySync();
    }),
  );
}

function predict(tf, model, points) {
  return tf.tidy(() => model.predict(tf.tensor2d(points)).arraySync());
}

/** Trains one case from its initial weights, one step per batch. */
async function runCase(tf, experiment) {
  const model = tf.sequential({ layers: makeLayers(tf, experiment) });
  model.compile({
    optimizer: choose(OPTIMIZERS, experiment.optimizer, "optimizer")(tf, experiment.learning_rate),
    loss: choose(LOSSES, experiment.loss, "loss")(tf),
  });
  setInitialWeights(tf, model, experiment.weights);
  const losses = experiment.clip
    ? trainClipped(tf, model, experiment.batches, experiment)
    : await trainOnBatches(tf, model, experiment.batches);
  const result = {
    id: experiment.id,
    losses,
    predictions: predict(tf, model, experiment.predict_x),
    layers: model.layers.map((layer) => layer.name),
    weights: currentWeights(model),
    moving: movingStatistics(model),
  };
  model.dispose();
  return result;
}

async function readStandardInput() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

async function main() {
  // Standard output carries the results only; TensorFlow.js greets Node users on the console.
  console.log = console.info = console.warn = console.error;
  const tf = require(path.resolve(process.argv[2]));
  await tf.setBackend("cpu");
  const { cases } = JSON.parse(await readStandardInput());
  const results = [];
  for (const experiment of cases) results.push(await runCase(tf, experiment));
  process.stdout.write(JSON.stringify({ tensorflow: tf.version.tfjs, results }));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
