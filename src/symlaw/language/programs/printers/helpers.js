// Operators of programs in JavaScript. Each gives null where it has no value.
const CLASSES = {
  digits: "[0-9]", letters: "\\p{L}", capitals: "[A-Z]", small: "[a-z]", alphanumeric: "[\\p{L}\\p{N}]", word: "\\S",
  blanks: "\\s", figures: "[0-9.]", marks: "[^\\p{L}\\p{N}_\\s]",
};
function spans(text, kind) {
  return [...text.matchAll(new RegExp(CLASSES[kind] + "+", "gu"))].map((m) => [m.index, m.index + m[0].length]);
}
function pick(found, place) {
  const at = place > 0 ? place - 1 : found.length + place;
  return at >= 0 && at < found.length ? found[at] : null;
}
function part(text, mark, place) { return pick(text.split(mark), place); }
function places(text, mark) {
  const found = [];
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) found.push(at);
  return found;
}
function before(text, mark, place) { const at = pick(places(text, mark), place); return at === null ? null : text.slice(0, at); }
function after(text, mark, place) { const at = pick(places(text, mark), place); return at === null ? null : text.slice(at + mark.length); }
function run(text, kind, place) { const s = pick(spans(text, kind), place); return s === null ? null : text.slice(s[0], s[1]); }
function before_run(text, kind, place) { const s = pick(spans(text, kind), place); return s === null ? null : text.slice(0, s[0]); }
function after_run(text, kind, place) { const s = pick(spans(text, kind), place); return s === null ? null : text.slice(s[1]); }
function from_run(text, kind, place) { const s = pick(spans(text, kind), place); return s === null ? null : text.slice(s[0]); }
function through_run(text, kind, place) { const s = pick(spans(text, kind), place); return s === null ? null : text.slice(0, s[1]); }
function first(text, n) { return [...text].slice(0, n).join(""); }
function last(text, n) { return [...text].slice(-n).join(""); }
function skip(text, n) { return [...text].slice(n).join(""); }
function drop(text, n) { return [...text].slice(0, -n).join(""); }
function upper(text) { return text.toUpperCase(); }
function lower(text) { return text.toLowerCase(); }
function capital(text) { return first(text, 1).toUpperCase() + skip(text, 1).toLowerCase(); }
function proper(text) { return text.replace(/\p{L}+/gu, (word) => capital(word)); }
function trim(text) { return text.trim(); }
function squeeze(text) { return text.trim().split(/\s+/u).join(" "); }
function replace(text, old, fresh) { return text.split(old).join(fresh); }
function keep(text, kind) { return (text.match(new RegExp(CLASSES[kind], "gu")) || []).join(""); }
function remove(text, kind) { return text.replace(new RegExp(CLASSES[kind], "gu"), ""); }
function pad(text, width, mark) { return mark.repeat(Math.max(0, width - [...text].length)) + text; }
function pad_end(text, width, mark) { return text + mark.repeat(Math.max(0, width - [...text].length)); }
function strip(text, mark) { let at = 0; while (mark.includes(text[at]) && at < text.length) at++; return text.slice(at); }
function strip_end(text, mark) { let at = text.length; while (at > 0 && mark.includes(text[at - 1])) at--; return text.slice(0, at); }
function without(text, other) {
  const at = other === "" ? -1 : text.indexOf(other);
  return at < 0 ? null : text.slice(0, at) + text.slice(at + other.length);
}
function pieces(text, mark) { return text.split(mark); }
function runs(text, kind) { return text.match(new RegExp(CLASSES[kind] + "+", "gu")) || []; }
function gather(...texts) { return texts; }
function present(texts) { return texts.filter((text) => text !== ""); }
function rest(texts) { return texts.length > 1 ? texts.slice(1) : null; }
function front(texts) { return texts.length > 1 ? texts.slice(0, -1) : null; }
function backwards(texts) { return [...texts].reverse(); }
function ordered(texts) {
  const codes = (text) => [...text].map((letter) => letter.codePointAt(0));
  const compare = (one, other) => {
    const a = codes(one), b = codes(other);
    for (let at = 0; at < Math.min(a.length, b.length); at++) if (a[at] !== b[at]) return a[at] - b[at];
    return a.length - b.length;
  };
  return [...texts].sort(compare);
}
function distinct(texts) { return [...new Set(texts)]; }
function each_first(texts, n) { return texts.map((text) => first(text, n)); }
function each_capital(texts) { return texts.map(capital); }
function each_trim(texts) { return texts.map(trim); }
function join(texts, mark) { return texts.join(mark); }
function most_common(texts) {
  const count = (text) => texts.filter((other) => other === text).length;
  return texts.reduce((best, text) => (count(text) > count(best) ? text : best));
}
function has(text, mark) { return text.includes(mark); }
function has_any_case(text, mark) { return text.toLowerCase().includes(mark.toLowerCase()); }
function has_class(text, kind) { return new RegExp(CLASSES[kind], "u").test(text); }
function begins(text, mark) { return text.startsWith(mark); }
function ends(text, mark) { return text.endsWith(mark); }
function begins_with_class(text, kind) { return new RegExp("^" + CLASSES[kind], "u").test(text); }
function ends_with_class(text, kind) { return new RegExp(CLASSES[kind] + "$", "u").test(text); }
function equal(one, other) { return one === other; }
function longer(text, n) { return [...text].length > n; }
function occurs(text, mark, n) { return places(text, mark).length >= n; }
