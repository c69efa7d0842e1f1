// A formula on the data of its run: constants, fit, residuals and slices, against columns that are chosen.

import { get } from "./api.js";
import { el, say, show } from "./dom.js";
import { plot } from "./plots.js";

const BY_FORMULA = "formula",
  BY_ROW = "row",
  COLUMN = "column ";

// Gives a function that shows a formula on its data; columns that were chosen stay for the next formula.
export function dataPart(path) {
  const chosen = { fit: null, residuals: BY_FORMULA };
  const known = new Map();

  async function values(choice, data) {
    if (choice === BY_FORMULA) return { name: `${data.target}, formula`, values: data.f, labels: [] };
    if (choice === BY_ROW) return { name: "row number", values: data.rows, labels: [] };
    const column = choice.slice(COLUMN.length);
    if (column === data.x.column) return data.x;
    if (!known.has(column)) known.set(column, await get(`${path}/column`, { name: column }));
    return known.get(column);
  }

  // A plot with the choice of its horizontal axis.
  function choosable(which, title, data, more, draw) {
    const options = [...more, ...data.columns.map((one) => [COLUMN + one.column, one.name])];
    const there = options.some(([value]) => value === chosen[which]);
    const holder = el("div");
    const select = el(
      "select",
      { "aria-label": `Horizontal axis of the ${which}`, onchange: () => redraw((chosen[which] = select.value)) },
      options.map(([value, name]) => el("option", { value }, name)),
    );
    select.value = there ? chosen[which] : which === "fit" ? COLUMN + data.x.column : BY_FORMULA;

    async function redraw() {
      const asked = select.value;
      try {
        const across = await values(asked, data);
        if (select.value === asked) show(holder, draw(data, across));
      } catch (error) {
        say(error.message, true);
      }
    }

    redraw();
    return [
      el(
        "div",
        { class: "head tight" },
        el("h3", {}, title),
        el("label", { class: "small choice" }, "against ", select),
      ),
      holder,
    ];
  }

  return (record) => {
    if (!record.data) return [el("p", { class: "quiet" }, record.why)];
    const data = record.data;
    const row = [BY_ROW, "row number"];
    return [
      data.same === false
        ? el(
            "p",
            { class: "warn" },
            "The file has changed since the run: these are not the rows that it was found on.",
          )
        : null,
      constants(data),
      choosable("fit", "Fit", data, [row], fit),
      el(
        "div",
        { class: "halves" },
        el("div", {}, el("div", { class: "head tight" }, el("h3", {}, "Measured against formula")), parity(data)),
        el("div", {}, choosable("residuals", "Residuals", data, [[BY_FORMULA, "the formula"], row], residuals)),
      ),
      slices(data),
      data.y.length < data.n_rows
        ? el("p", { class: "quiet small" }, `${data.y.length} of ${data.n_rows} rows are drawn.`)
        : null,
    ];
  };
}

function figures(heads, rows) {
  return el(
    "table",
    { class: "list constants" },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        heads.map((head) => el("th", { scope: "col" }, head)),
      ),
    ),
    el("tbody", {}, rows),
  );
}

const cell = (text) => el("td", { class: "figures" }, text);

function constants(data) {
  if (!data.constants.length) return el("p", { class: "quiet small" }, data.unsure);
  const rows = data.constants.map((one) =>
    el(
      "tr",
      {},
      el("td", {}, one.name),
      cell(one.estimate),
      cell(one.standard_error),
      cell(one.low),
      cell(one.high),
    ),
  );
  return el(
    "div",
    { class: "wide-part" },
    figures(["Constant", "Estimate", "Standard error", "95% from", "to"], rows),
    el(
      "p",
      { class: "quiet small" },
      `Of ${data.fitted}, constants left to right. Intervals of a formula that a search chose are somewhat too narrow.`,
    ),
  );
}

const size = (data) => (data.y.length > 300 ? 2 : 3.5);

function fit(data, across) {
  const order = across.values.map((_, k) => k).sort((a, b) => across.values[a] - across.values[b]);
  const along = data.slices.find((one) => one.column === across.column);
  return plot({
    title: `Measured values and the formula's against ${across.name}`,
    place: "fit",
    x: { label: across.name, log: along?.log, labels: across.labels },
    y: { label: data.target },
    lines: along ? [{ x: along.x, y: along.f, name: "law" }] : [],
    points: [
      ...order.map((k) => ({ x: across.values[k], y: data.y[k], name: "measured", r: size(data) })),
      ...order.map((k) => ({ x: across.values[k], y: data.f[k], name: "computed", r: size(data) + 1.5 })),
    ],
    caption: [
      legend("measured", "measured"),
      legend("computed", "formula at each row"),
      along && legend("law", line(data)),
    ].filter(Boolean),
  });
}

// What the line of a formula of several columns stands for.
function line(data) {
  const group = data.groups ? " for the most frequent group" : "";
  return `formula${group}${data.slices.length > 1 ? ", the other columns at their medians" : ""}`;
}

function legend(name, word) {
  return el("span", { class: "legend" }, el("span", { class: `key ${name}` }), word);
}

function parity(data) {
  const both = [...data.y, ...data.f].filter((value) => value !== null);
  const ends = [Math.min(...both), Math.max(...both)];
  return plot({
    title: "Measured values against the formula's",
    x: { label: `${data.target}, formula` },
    y: { label: "measured" },
    lines: [{ x: ends, y: ends, name: "equal" }],
    points: data.y.map((value, k) => ({ x: data.f[k], y: value, name: "measured", r: size(data) })),
  });
}

function residuals(data, across) {
  const there = across.values.filter((value) => value !== null);
  const along = data.slices.find((one) => one.column === across.column);
  return plot({
    title: `Residuals against ${across.name}`,
    place: "residuals",
    x: { label: across.name, log: along?.log, labels: across.labels },
    y: { label: "measured − formula" },
    lines: [{ x: [Math.min(...there), Math.max(...there)], y: [0, 0], name: "equal" }],
    points: data.y.map((value, k) => ({
      x: across.values[k],
      y: data.f[k] === null ? null : value - data.f[k],
      name: "measured",
      r: size(data),
    })),
  });
}

function slices(data) {
  if (!data.slices.length) return null;
  return [
    el("h3", {}, "Along each column"),
    el(
      "div",
      { class: "halves" },
      data.slices.map((one) => el("div", {}, slice(one, data.target))),
    ),
    el(
      "p",
      { class: "quiet small" },
      [
        data.slices.length > 1 && "the other columns are at their medians",
        data.groups && "the group is the most frequent one",
        data.slices.some((one) => one.low) && "the band is 95% for the formula's value",
        "marks below are the rows' values",
      ]
        .filter(Boolean)
        .join("; ")
        .replace(/^./, (letter) => letter.toUpperCase())
        .concat("."),
    ),
  ];
}

function slice(one, target) {
  return plot(
    {
      title: `The formula along ${one.name}`,
      x: { label: one.name, log: one.log },
      y: { label: target },
      lines: [{ x: one.x, y: one.f, name: "law" }],
      band: one.low ? { x: one.x, low: one.low, high: one.high } : null,
      ticks: one.ticks,
    },
    220,
  );
}
