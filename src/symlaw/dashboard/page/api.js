// Talking to the server: requests, refusals as errors with one sentence, and streams of news.

export async function get(path, parameters = {}) {
  const query = new URLSearchParams(parameters).toString();
  return answer(await reach(query ? `${path}?${query}` : path, {}));
}

export async function post(path, value) {
  const headers = { "Content-Type": "application/json" };
  return answer(await reach(path, { method: "POST", headers, body: JSON.stringify(value) }));
}

// Sends a file; a folder that was dropped, or a file that has gone, is told in a sentence.
export async function upload(file, path = "/api/tables", parameters = {}) {
  await file
    .slice(0, 1)
    .arrayBuffer()
    .catch(() => {
      throw new Error(`${file.name} cannot be read: choose one file, not a folder.`);
    });
  const query = new URLSearchParams({ ...parameters, name: file.name });
  return answer(await reach(`${path}?${query}`, { method: "POST", body: file }));
}

// Has the browser save what the server answers under a name.
export async function download(path, parameters, name) {
  const response = await reach(`${path}?${new URLSearchParams(parameters)}`, {});
  if (!response.ok) await answer(response);
  save(await response.blob(), name);
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch {
    throw new Error("The server does not answer: is symlaw dashboard still running?");
  }
}

async function answer(response) {
  if (response.status === 403) throw new Error((await response.text()).trim());
  let told;
  try {
    told = await response.json();
  } catch {
    throw new Error(`The server answered with status ${response.status}.`);
  }
  if (!response.ok) throw new Error(told.error);
  return told;
}

export const runPath = (id) => `/api/runs/${encodeURIComponent(id)}`;

// News of a stream while the page is seen; a hidden page gives its connection back, as a browser has few.
export function news(path, hear, trouble) {
  let source = null;
  const open = () => {
    source = new EventSource(path);
    source.addEventListener("news", (event) => hear(JSON.parse(event.data)));
    source.addEventListener("trouble", (event) => {
      trouble(JSON.parse(event.data).error);
      source.close();
    });
    source.onerror = () => trouble("The server does not answer: is symlaw dashboard still running?");
    source.onopen = () => trouble("");
  };
  const close = () => source?.close();
  const turned = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", turned);
  if (!document.hidden) open();
  return () => {
    document.removeEventListener("visibilitychange", turned);
    close();
  };
}
