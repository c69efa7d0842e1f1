// Numbers and times as people read them.

export function number(value, digits = 4) {
  if (value === null || value === undefined || value === "") return "";
  const x = Number(value);
  if (!Number.isFinite(x)) return String(value).replace("inf", "∞");
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e6 || size < 1e-3) return tidy(x.toExponential(digits - 1));
  return String(Number(x.toPrecision(digits)));
}

function tidy(text) {
  const [mantissa, power] = text.split("e");
  return `${Number(mantissa)}e${power.replace("+", "")}`;
}

// Rounded down, so that 1 means exact.
export function r2(value) {
  if (value === null || value === undefined) return "";
  const x = Number(value);
  if (1 - x <= 1e-20) return "1";
  if (Math.abs(x) < 5e-7) return "0.000000";
  return x > -9.5 ? Math.min(x, 0.999999).toFixed(6) : x.toPrecision(2);
}

export function count(value) {
  return value === null || value === undefined ? "" : Math.round(value).toLocaleString("en");
}

export function seconds(value) {
  if (value === null || value === undefined) return "";
  if (value < 120) return `${value.toFixed(1)} s`;
  if (value < 7200) return `${(value / 60).toFixed(1)} min`;
  return `${(value / 3600).toFixed(1)} h`;
}

export function age(text) {
  if (!text) return "";
  const past = Math.max(0, (Date.now() - new Date(text).getTime()) / 1000);
  const steps = [
    [60, 1, "s"],
    [3600, 60, "min"],
    [172800, 3600, "h"],
    [Infinity, 86400, "d"],
  ];
  const [, unit, name] = steps.find(([end]) => past < end);
  return `${Math.floor(past / unit)} ${name} ago`;
}
