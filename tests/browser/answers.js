// Hears what the page asks the lab and what it answers, and keeps the last of each to compare the screen with. Put in
// before the page's own scripts.
(() => {
  // Milliseconds that anything may take on a machine that has other things to do as well.
  const PATIENCE = 60000;
  // An experiment with other layers than any that a test opens the page with, and few of them.
  const AWAY = "hidden_layers=&seed=4294967295";
  const CALM = matchMedia("(prefers-reduced-motion: reduce)");
  const find = (id) => document.getElementById(id);
  const answers = {
    // The answer to the last `open`; since then the last answer to `frame` with a picture, and the view asked for;
    // every picture's `extent`, whether it was `moving`, and its `positions` and the tour's `seconds`, these only while
    // `recording`.
    start: null,
    frame: null,
    view: null,
    extents: [],
    moving: [],
    positions: [],
    seconds: [],
    recording: false,
    // So many steps and epochs more are told than were taken.
    ahead: 0,
    // Whether the lab is given no time to draw, as on a machine that is busy.
    hurry: false,
  };
  window.answers = answers;

  // The views of the requests under way, and how many runs were asked for and have begun.
  const asked = [];
  let runs = 0;
  let begun = 0;
  const hear = ({data}) => {
    if (!Array.isArray(data)) return;
    // A worker's answer is a list, of one run's here.
    for (const part of data.flat()) {
      if (part && part.engine) {
        asked.shift();
        begun += 1;
        Object.assign(answers, {start: part, frame: null, view: null, extents: [], moving: [], positions: [], seconds: []});
      } else if (part && part.metrics) {
        const view = asked.shift();
        for (const count of ["step", "epoch", "last_epoch"]) part[count] += answers.ahead;
        const {picture} = part;
        // There are no pixels while one is refined.
        if (!picture?.pixels) continue;
        // Parts that are not told again are as they were.
        Object.assign(answers, {frame: {...answers.frame, ...part, ...picture}, view});
        answers.extents.push([...picture.extent]);
        answers.moving.push(picture.moving);
        if (answers.recording) {
          answers.positions.push([...answers.frame.positions]);
          answers.seconds.push(view.tour_seconds);
        }
      }
    }
  };
  const note = (message) => {
    if (!Array.isArray(message)) return;
    const [, name, parameters] = message;
    // What a lab that is gone was asked for is never answered.
    if (name === "open" || name === "go_on") {
      asked.length = 0;
      runs += 1;
      begun = runs - 1;
      asked.push(null);
    }
    if (name !== "frame") return;
    const requests = JSON.parse(parameters[0]);
    // The view stands last in a request.
    const view = requests[0].at(-1);
    asked.push(view);
    if (answers.hurry && view) {
      view.milliseconds = 0;
      parameters[0] = JSON.stringify(requests);
    }
  };

  // PyScript talks to its worker by a channel of its own.
  const Channel = window.MessageChannel;
  window.MessageChannel = class extends Channel {
    constructor() {
      super();
      for (const port of [this.port1, this.port2]) {
        port.addEventListener("message", hear);
        const post = port.postMessage;
        port.postMessage = (...parameters) => {
          note(parameters[0]);
          post.apply(port, parameters);
        };
      }
    }
  };

  // The page is at rest when it waits neither for the lab nor for the display, for a few frames on end.
  const frames = new Set();
  const request = window.requestAnimationFrame.bind(window);
  const cancel = window.cancelAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) => {
    const frame = request((time) => {
      frames.delete(frame);
      callback(time);
    });
    frames.add(frame);
    return frame;
  };
  window.cancelAnimationFrame = (frame) => {
    frames.delete(frame);
    cancel(frame);
  };
  // Looks at a condition on every frame of the display until it holds; `what()` says what does not come about.
  const until = (condition, what) =>
    new Promise((done, fail) => {
      const began = performance.now();
      const look = (time) => {
        if (condition()) done();
        else if (time - began > PATIENCE) fail(new Error(what()));
        else request(look);
      };
      request(look);
    });

  answers.rest = () => {
    let still = 0;
    return until(
      () => {
        still = frames.size || asked.length || !answers.frame ? 0 : still + 1;
        return still > 2;
      },
      () => `no rest: ${frames.size} frames, ${asked.length} requests`,
    );
  };

  // Ends all that moves or trains by itself, so that a page that nobody looks at keeps no processor busy.
  answers.stop = () => {
    if (find("play-name").textContent === "Pause") find("play").click();
    if (!find("tour").hidden && find("tour").textContent === "Pause tour") find("tour").click();
  };

  // The page as if it had just been opened with a fragment: everything that a person has done to it is undone, and
  // the experiment begins. Done once its first picture has come.
  answers.startOver = async (fragment) => {
    const root = document.documentElement;
    answers.stop();
    if (root.dataset.theme) {
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      if (root.dataset.theme !== (dark ? "dark" : "light")) find("theme").click();
      delete root.dataset.theme;
      localStorage.removeItem("theme");
    }
    for (const lasso of ["lasso-boundary", "lasso-representation"])
      if (find(lasso).getAttribute("aria-pressed") === "true") find(lasso).click();
    if ((find("tour").textContent === "Resume tour") !== CALM.matches) find("tour").click();
    find("about").open = false;
    find("fit").click();
    document.activeElement.blur();
    scrollTo(0, 0);
    answers.recording = answers.hurry = false;
    answers.ahead = 0;
    // By way of another network, so that nothing glides from what was seen before to what is to be seen now.
    for (const address of [AWAY, fragment]) {
      history.replaceState(null, "", `#${address}`);
      dispatchEvent(new HashChangeEvent("hashchange"));
    }
    // The same run as before begins again as well.
    find("reset").click();
    const wanted = runs + 1;
    await until(
      () => begun >= wanted && answers.frame && root.dataset.state === "ready" && root.dataset.epoch === "0",
      () => `no new run by #${fragment}`,
    );
  };

  // A canvas's pixels on the colour behind it.
  const pixels = (canvas) => {
    const {width, height} = canvas;
    const copy = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
    copy.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--surface");
    copy.fillRect(0, 0, width, height);
    copy.drawImage(canvas, 0, 0);
    return copy.getImageData(0, 0, width, height);
  };

  // All of them: red, green, blue and alpha, row by row, as text.
  answers.picture = (id) => {
    const {width, height, data: bytes} = pixels(find(id));
    let text = "";
    for (let start = 0; start < bytes.length; start += 32768)
      text += String.fromCharCode(...bytes.subarray(start, start + 32768));
    return {width, height, bytes: btoa(text)};
  };

  // How many colours there are in a box, in CSS pixels, at every other pixel of every other row.
  answers.shades = (id, box) => {
    const canvas = find(id);
    const {width, data} = pixels(canvas);
    const [left, top, across, down] = box.map((part) => Math.floor((part * width) / canvas.clientWidth));
    const colours = new Uint32Array(data.buffer);
    const seen = new Set();
    for (let y = top; y < top + down; y += 2)
      for (let x = left; x < left + across; x += 2) seen.add(colours[y * width + x]);
    return seen.size;
  };

  // Red, green and blue at places in CSS pixels, given as JSON: joined by commas.
  answers.colours = (id, places) => {
    const canvas = find(id);
    const {width, height, data} = pixels(canvas);
    const ratio = width / canvas.clientWidth;
    const colour = (place) => {
      const [x, y] = place.map((part) => Math.floor(part * ratio));
      if (x < 0 || x >= width || y < 0 || y >= height) throw new Error(`${place} is not on ${id}`);
      return data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3).join();
    };
    return JSON.parse(places).map(colour).join();
  };
})();
