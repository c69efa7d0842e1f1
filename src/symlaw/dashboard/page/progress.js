// How far a run has come: what it has used of its budget, why it ended, and its best loss over time.

import { el, show, showNews } from "./dom.js";
import { plot } from "./plots.js";
import { count, number, seconds } from "./words.js";

const FLOOR = 1e-16;
const GOING = ["running", "paused"];

// What a run has used of what it was given, as bars with words.
export function budgetPart(live) {
  const { limits, counters } = live;
  const bars = [
    bar("Time", counters.seconds, limits.seconds, seconds),
    bar("Formulas tried", counters.evaluations, limits.evaluations, count),
  ].filter(Boolean);
  return el(
    "div",
    { class: "budget", role: "group", "aria-label": "Progress" },
    bars,
    el("p", { class: "small quiet" }, outlook(live, bars.length > 0)),
  );
}

function bar(what, used, limit, words) {
  if (!limit) return null;
  const share = Math.min(1, (used || 0) / limit);
  const text = `${words(used || 0)} of ${words(limit)} (${Math.floor(100 * share)}%)`;
  return el(
    "label",
    { class: "share" },
    el("span", {}, `${what}: ${text}`),
    el("progress", { max: 1, value: share, "aria-valuetext": text }),
  );
}

function outlook({ state, limits, stopped_by: why }, limited) {
  if (state === "finished") return why ? `Ended by: ${why}.` : "Ended.";
  if (state === "interrupted") return why ? `Cut off: ${why}.` : "Cut off: its process ended before the search did.";
  const sooner = [
    limits.target_loss && `once the loss is ${number(limits.target_loss)} or less`,
    typeof limits.patience === "number" && `after ${count(limits.patience)} formulas without an improvement`,
  ].filter(Boolean);
  if (!limited) return `There is no limit of time or formulas. It ends ${sooner.join(" or ") || "when it is stopped"}.`;
  const paused = state === "paused" ? "Paused; waiting does not count. " : "";
  return `${paused}It may end sooner: ${["once nothing better is in sight", ...sooner].join(", or ")}.`;
}

// The best loss over time, drawn again as news come; the choice of the axis stays.
export function lossPart(about) {
  const node = el("section", { class: "card", "aria-label": "Loss over time" });
  const chart = el("div");
  let live = null;
  const across = el(
    "select",
    { "aria-label": "Horizontal axis of the loss", onchange: () => draw() },
    el("option", { value: "seconds" }, "seconds"),
    el("option", { value: "evaluations" }, "formulas tried"),
  );
  show(
    node,
    el("div", { class: "head" }, el("h2", {}, "Loss over time"), el("label", { class: "small" }, "against ", across)),
    chart,
  );

  function draw() {
    const { improvements, counters, state } = live;
    const now = counters[across.value];
    showNews(chart, [improvements, now, state, across.value], () =>
      improvements.loss.length
        ? [curve(improvements, across.value, now, about()), latest(improvements, live)]
        : el("p", { class: "quiet" }, GOING.includes(state) ? "Nothing was found yet." : "Nothing was found."),
    );
  }

  function update(news) {
    live = news;
    draw();
  }

  return { node, update };
}

// A step at each improvement, and level from the latest one until now.
function curve(improvements, axis, now, about) {
  const x = [],
    y = [];
  improvements.loss.forEach((loss, k) => {
    const place = improvements[axis][k];
    if (k) {
      x.push(place);
      y.push(y[y.length - 1]);
    }
    x.push(place);
    y.push(Math.max(Number(loss), FLOOR));
  });
  x.push(Math.max(now || 0, x[x.length - 1]));
  y.push(y[y.length - 1]);
  return plot(
    {
      title: "Best loss over time",
      x: { label: axis === "seconds" ? "seconds" : "formulas tried", least: 0 },
      y: { label: about.squared ? "best loss (1 − R²)" : `best loss (${about.loss})`, log: true },
      lines: [{ x, y, name: "best" }],
    },
    200,
  );
}

function latest(improvements, { state, rows }) {
  const last = improvements.loss.length - 1;
  const by = improvements.source[last] ? ` by ${improvements.source[last]}` : "";
  const at = `after ${seconds(improvements.seconds[last])} and ${count(improvements.evaluations[last])} formulas`;
  const word = GOING.includes(state) ? "Latest improvement" : "Last improvement";
  const least = Math.min(...rows.map((row) => Number(row.loss)));
  const left = least > 1.01 * improvements.loss[last] ? " The final front leaves that formula out." : "";
  return el(
    "p",
    { class: "small quiet" },
    `${word}: loss ${number(improvements.loss[last])} ${at}${by}.${state === "finished" ? left : ""}`,
  );
}
