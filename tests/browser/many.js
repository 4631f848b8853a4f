// Puts many points into what the lab answers, and keeps from it what it does not know of. `many.parts` are base64 of the
// arrays by name, `many.selected` the answer to a loop. Put in before answers.js.
(() => {
  const kinds = {i: Int32Array, f: Float32Array, b: Uint8Array};
  const arrays = Object.fromEntries(
    Object.entries(many.parts).map(([name, [kind, text]]) => [
      name,
      new kinds[kind](Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer),
    ]),
  );
  const take = (...names) => Object.fromEntries(names.map((name) => [name, arrays[name]]));
  let loop = null;
  // The choice that the marks were last sent for, and that which they are asked for.
  let sent = "";
  let chosen = "";
  const hear = ({data}) => {
    if (!Array.isArray(data)) return;
    for (const part of data.flat()) {
      if (part && part.engine) {
        Object.assign(part, take("points", "labels", "training", "order", "ordered", "boxes"));
        Object.assign(part, {rows: many.rows, outputs: 10});
      } else if (part && part.picture && part.picture.pixels) {
        const {picture} = part;
        Object.assign(picture, take("order", "ordered", "boxes", "marks", "mark_groups"), {
          positions: arrays.points,
          unit: Float32Array.of(many.unit),
          extent: Float32Array.of(0, 0, 6),
          spatial: false,
        });
        if (picture.plane_marks || sent !== chosen) Object.assign(picture, {plane_marks: arrays.marks, plane_mark_groups: arrays.mark_groups});
        sent = chosen;
        if (loop) {
          Object.assign(picture, {loop, selected: many.selected});
          Object.assign(picture, {plane_marks: arrays.chosen_marks, plane_mark_groups: arrays.chosen_groups});
          loop = null;
        }
      }
    }
  };
  const note = (message) => {
    if (!Array.isArray(message) || message[1] !== "frame") return;
    const requests = JSON.parse(message[2][0]);
    const view = requests[0].at(-1);
    if (!view) return;
    if (view.loop) loop = view.loop.number;
    chosen = view.selected;
    many.asked = {...view};
    many.point = view.point;
    // It draws again, though for what it knows nothing has changed.
    Object.assign(view, {point: null, selected: "", loop: null, tour_seconds: performance.now()});
    message[2][0] = JSON.stringify(requests);
  };
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
  many.long = [];
  new PerformanceObserver((list) => many.long.push(...list.getEntries().map((entry) => entry.duration))).observe({
    type: "longtask",
  });
})();
