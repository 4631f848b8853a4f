// Hears what the page asks the lab and what it answers, and keeps the last of each to compare the screen with. Put in
// before the page's own scripts.
(() => {
  const answers = {
    // The answer to the last `start`; since then the last answer to `frame` with a picture, and the view asked for;
    // every picture's `extent`, whether it was `moving`, and its `positions`, these only while `recording`.
    start: null,
    frame: null,
    view: null,
    extents: [],
    moving: [],
    positions: [],
    recording: false,
    // Whether the lab is given no time to draw, as on a machine that is busy.
    hurry: false,
  };
  window.answers = answers;

  // The views of the requests under way.
  const asked = [];
  const hear = ({data}) => {
    if (!Array.isArray(data)) return;
    for (const part of data) {
      if (part && part.engine) {
        asked.shift();
        Object.assign(answers, {start: part, frame: null, view: null, extents: [], moving: [], positions: []});
      } else if (part && part.metrics) {
        const view = asked.shift();
        if (!part.pixels) continue;
        Object.assign(answers, {frame: part, view});
        answers.extents.push([...part.extent]);
        answers.moving.push(part.moving);
        if (answers.recording) answers.positions.push([...part.positions]);
      }
    }
  };
  const note = (message) => {
    if (!Array.isArray(message)) return;
    const [, name, parameters] = message;
    // What a lab that is gone was asked for is never answered.
    if (name === "start") asked.length = 0;
    if (name !== "start" && name !== "frame") return;
    const request = JSON.parse(parameters[0]);
    asked.push(request.view);
    if (answers.hurry && request.view) {
      request.view.milliseconds = 0;
      parameters[0] = JSON.stringify(request);
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
  answers.rest = () =>
    new Promise((done, fail) => {
      const began = performance.now();
      let still = 0;
      const look = (time) => {
        still = frames.size || asked.length || !answers.frame ? 0 : still + 1;
        if (still > 2) done();
        else if (time - began > 20000) fail(new Error(`no rest: ${frames.size} frames, ${asked.length} requests`));
        else request(look);
      };
      request(look);
    });

  // A canvas's pixels on the colour behind it: red, green, blue and alpha, row by row, as text.
  answers.picture = (id) => {
    const {width, height} = document.getElementById(id);
    const copy = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
    copy.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--surface");
    copy.fillRect(0, 0, width, height);
    copy.drawImage(document.getElementById(id), 0, 0);
    const bytes = copy.getImageData(0, 0, width, height).data;
    let text = "";
    for (let start = 0; start < bytes.length; start += 32768)
      text += String.fromCharCode(...bytes.subarray(start, start + 32768));
    return {width, height, bytes: btoa(text)};
  };
})();
