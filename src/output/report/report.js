"use strict";
// Puts diagrams that can be looked into in the place of the still ones. Everything else on the
// page works without this.
(function () {
  const data = JSON.parse(document.getElementById("series").textContent);
  const home = document.getElementById("interactive");
  if (!data || !home || typeof uPlot === "undefined") return;
  const root = document.documentElement;
  const colour = (name) => getComputedStyle(root).getPropertyValue("--" + name).trim();
  const NODE_COLOURS = ["--answered", "--failed", "--good", "--p95", "--maintenance", "--p50", "--offered"];
  const SORTS = { fault: "fault", maintenance: "maintenance", surge: "surge", outage: "outage" };
  // Round times, from a millisecond to a year.
  const STEPS_S = [0.001, 0.01, 0.1, 1].flatMap((step) => [step, 2 * step, 5 * step])
    .concat([10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200])
    .concat([1, 2, 5, 7, 14, 28, 91, 182, 364].map((days) => days * 86400));
  const plots = [];

  // Times.
  function span(seconds) {
    if (seconds < 60) return Number(seconds.toPrecision(3)) + " s";
    const whole = Math.round(seconds);
    const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
    const parts = [];
    let left = whole;
    for (const [length, name] of units) {
      const number = Math.floor(left / length);
      left -= number * length;
      if (number > 0) parts.push(number + " " + name);
      if (parts.length === 2) break;
    }
    return parts.join(" ");
  }
  function digits(value) {
    if (value == null) return "–";
    if (value === 0) return "0";
    return value >= 1000 ? Math.round(value).toLocaleString("en") : value.toLocaleString("en", { maximumSignificantDigits: 3 });
  }
  function latency(value) {
    if (value == null) return "–";
    return value >= 1000 ? digits(value / 1000) + " s" : digits(value) + " ms";
  }
  const percent = (value) => (value == null ? "–" : digits(value) + " %");
  const rate = (value) => (value == null ? "–" : digits(value) + "/s");

  // A last point, so that the last bucket has its width.
  const times = (starts) => (starts.length ? starts.concat([data.end_s]) : []);
  const held = (values) => (values.length ? values.concat([values[values.length - 1]]) : []);

  const marksAt = (seconds) => data.marks.filter((mark) => mark.start_s <= seconds && seconds <= mark.end_s);

  function drawMarks(plot) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    const stripe = (from, to, name, strength) => {
      const left = plot.valToPos(from, "x", true);
      const right = Math.max(plot.valToPos(to, "x", true), left + 2);
      ctx.globalAlpha = strength;
      ctx.fillStyle = colour(name);
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
    };
    if (data.warmup_s > 0) stripe(0, data.warmup_s, "warmup", 0.13);
    for (const mark of data.marks) {
      if (mark.sort !== "outage") stripe(mark.start_s, mark.end_s, SORTS[mark.sort], 0.16);
    }
    for (const mark of data.marks) {
      if (mark.sort !== "outage") continue;
      const left = plot.valToPos(mark.start_s, "x", true);
      const right = Math.max(plot.valToPos(mark.end_s, "x", true), left + 2);
      ctx.globalAlpha = 1;
      ctx.fillStyle = colour("outage");
      ctx.fillRect(left, bbox.top, right - left, 4 * devicePixelRatio);
    }
    ctx.restore();
  }

  let zooming = false;
  function zoom(min, max) {
    const low = Math.max(0, min);
    const high = Math.min(data.end_s, max);
    if (!(high > low)) return;
    home.dataset.from = low;
    home.dataset.to = high;
    zooming = true;
    for (const plot of plots) plot.setScale("x", { min: low, max: high });
    zooming = false;
  }
  const whole = () => zoom(0, data.end_s);
  function zoomBy(factor, around) {
    const { min, max } = plots[0].scales.x;
    const centre = around == null ? (min + max) / 2 : around;
    zoom(centre - (centre - min) * factor, centre + (max - centre) * factor);
  }

  function axes(format) {
    const looks = { stroke: colour("muted"), grid: { stroke: colour("line"), width: 1 }, ticks: { show: false } };
    return [
      { ...looks, values: (_, splits) => splits.map(span), space: 80, size: 30, incrs: STEPS_S },
      { ...looks, values: (_, splits) => splits.map((value) => (value == null ? "" : format(value))), size: 72 },
    ];
  }

  function diagram(title, starts, series, format, logarithmic) {
    const box = document.createElement("div");
    box.className = "diagram";
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-roledescription", "interactive diagram");
    box.setAttribute(
      "aria-label",
      title + ". Arrow keys move along time, plus and minus zoom, 0 shows the whole run.");
    const heading = document.createElement("h3");
    heading.textContent = title;
    const readout = document.createElement("p");
    readout.className = "readout";
    readout.setAttribute("role", "status");
    home.append(box);
    box.append(heading);
    const x = times(starts);
    const stepped = uPlot.paths.stepped({ align: 1 });
    const options = {
      width: home.clientWidth, height: 250,
      padding: [8, 36, 0, 0],
      cursor: { sync: { key: "time" }, drag: { x: true, y: false, setScale: true }, points: { size: 7 } },
      legend: { live: true },
      scales: {
        x: { time: false, min: 0, max: data.end_s },
        y: logarithmic
          ? { distr: 3 }
          : { range: (_, min, max) => [0, max > 0 ? max * 1.06 : 1] },
      },
      axes: axes(format),
      series: [
        { label: "at", value: (_, seconds) => (seconds == null ? "–" : span(seconds)) },
        ...series.map((one) => ({
          label: one.name, stroke: colour(one.colour), width: one.width || 2, paths: stepped, spanGaps: false,
          points: { show: false }, value: (_, value) => format(value),
        })),
      ],
      hooks: {
        drawClear: [drawMarks],
        setScale: [(plot, key) => {
          if (key !== "x" || zooming) return;
          zoom(plot.scales.x.min, plot.scales.x.max);
        }],
        setCursor: [(plot) => {
          const place = plot.cursor.idx;
          readout.textContent = place == null ? "" : marksAt(plot.data[0][place]).map((mark) => mark.label).join(" · ");
        }],
      },
    };
    const plot = new uPlot(options, [x, ...series.map((one) => held(one.values))], box);
    plots.push(plot);
    // The legend is laid out as a table, and is none.
    box.querySelector(".u-legend").setAttribute("role", "presentation");
    box.append(readout);
    box.addEventListener("keydown", (event) => keys(event, plot, readout));
    return plot;
  }

  // What a mouse shows by hovering, the keyboard shows and says.
  function keys(event, plot, readout) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const x = plot.data[0];
    const { min, max } = plot.scales.x;
    const first = x.findIndex((time) => time >= min);
    let last = x.length - 1;
    while (last > 0 && x[last] > max) last -= 1;
    let place = plot.cursor.idx == null ? first - 1 : plot.cursor.idx;
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
    if (event.key in steps) place = Math.min(last, Math.max(first, place + steps[event.key]));
    else if (event.key === "+" || event.key === "=") zoomBy(0.5, plot.cursor.idx == null ? null : x[place]);
    else if (event.key === "-") zoomBy(2, plot.cursor.idx == null ? null : x[place]);
    else if (event.key === "0" || event.key === "Escape") whole();
    else return;
    event.preventDefault();
    if (place < 0) return;
    const top = plot.over.clientHeight / 2;
    plot.setCursor({ left: plot.valToPos(x[place], "x"), top });
    const values = plot.series.slice(1).map((one, number) => one.label + " " + one.value(plot, plot.data[number + 1][place]));
    const marks = marksAt(x[place]).map((mark) => mark.label);
    readout.textContent = span(x[place]) + ": " + values.concat(marks).join(", ");
  }

  function button(text, action) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", action);
    return made;
  }

  function toolbar() {
    const bar = document.createElement("div");
    bar.className = "bar";
    bar.append(
      button("Zoom in", () => zoomBy(0.5)), button("Zoom out", () => zoomBy(2)), button("Whole run", whole));
    if (data.classes.length > 1) {
      const label = document.createElement("label");
      label.textContent = "requests of class ";
      const choice = document.createElement("select");
      for (const one of data.classes) choice.append(new Option(one.name));
      choice.addEventListener("change", () => choose(data.classes[choice.selectedIndex]));
      label.append(choice);
      bar.append(label);
    }
    const hint = document.createElement("span");
    hint.className = "hint";
    hint.textContent = "Drag to zoom, double-click for the whole run; or the keys ← → + − 0.";
    bar.append(hint);
    home.append(bar);
    const present = new Set(data.marks.map((mark) => mark.sort));
    const names = { fault: "fault", maintenance: "maintenance", surge: "surge", outage: "outage (bar on top)" };
    const key = document.createElement("p");
    key.className = "keys";
    const entries = Object.keys(names).filter((sort) => present.has(sort)).map((sort) => [SORTS[sort], names[sort]]);
    if (data.warmup_s > 0) entries.push(["warmup", "warm-up"]);
    for (const [name, text] of entries) {
      const entry = document.createElement("span");
      entry.style.setProperty("--mark", "var(--" + name + ")");
      entry.textContent = text;
      key.append(entry);
    }
    if (entries.length) home.append(key);
  }

  function choose(one) {
    const { min, max } = plots[0].scales.x;
    const x = times(data.start_s);
    plots[0].setData([x, held(one.offered), held(one.good), held(one.bad)], false);
    plots[1].setData([x, held(one.p50), held(one.p95), held(one.p99)], false);
    for (const plot of plots.slice(0, 2)) plot.setScale("y", { min: null, max: null });
    zoom(min, max);
  }

  function isWide(one) {
    const low = Math.min(...one.p50.filter((value) => value != null));
    const high = Math.max(...one.p99.filter((value) => value != null));
    return high > 15 * low;
  }

  function nodeSeries(list) {
    return list.map((one, place) => ({ name: one.name, values: one.values, colour: NODE_COLOURS[place].slice(2) }));
  }

  function drawAll() {
    const all = data.classes[0];
    diagram("Requests per second", data.start_s, [
      { name: "sent", values: all.offered, colour: "offered", width: 1.5 },
      { name: "good", values: all.good, colour: "answered" },
      { name: "not good", values: all.bad, colour: "failed" },
    ], rate);
    diagram("Latency of good answers", data.start_s, [
      { name: "p50", values: all.p50, colour: "p50" },
      { name: "p95", values: all.p95, colour: "p95" },
      { name: "p99", values: all.p99, colour: "p99" },
    ], latency, isWide(all));
    if (data.in_use.length) diagram("Nodes in use", data.nodes_start_s, nodeSeries(data.in_use), percent);
    if (data.in_line.length) diagram("Visits in line", data.nodes_start_s, nodeSeries(data.in_line), digits);
  }

  // Each outage can be gone to from its line in the table.
  function linkOutages() {
    const outages = data.marks.filter((mark) => mark.sort === "outage");
    const captions = [...document.querySelectorAll("#happened caption")];
    const caption = captions.find((caption) => caption.textContent.startsWith("Outages"));
    if (!caption) return;
    const lines = caption.closest("table").querySelectorAll("tbody tr");
    // Of very many outages not all are marked.
    if (lines.length !== outages.length) return;
    lines.forEach((line, place) => {
      const mark = outages[place];
      const cell = line.querySelector("td:nth-of-type(4)");
      const show = button("show", () => {
        const margin = (mark.end_s - mark.start_s) * 0.3;
        zoom(mark.start_s - margin, mark.end_s + margin);
        home.scrollIntoView({ block: "start" });
      });
      show.setAttribute("aria-label", "show the outage from " + span(mark.start_s) + " in the timelines");
      cell.append(show);
    });
  }

  home.hidden = false;
  toolbar();
  drawAll();
  whole();
  for (const still of document.querySelectorAll(".still")) still.style.display = "none";
  linkOutages();

  new ResizeObserver(() => {
    for (const plot of plots) plot.setSize({ width: home.clientWidth, height: 250 });
  }).observe(home);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const plot of plots.splice(0)) plot.destroy();
    for (const box of home.querySelectorAll(".diagram")) box.remove();
    drawAll();
    whole();
  });
})();
