// The service's HTTP interface. Every failure is thrown as one ServiceError.

export class ServiceError extends Error {
  // `retryAfter`: seconds after which the service wants to be asked again, or null.
  constructor(code, message, hint, retryAfter = null) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.retryAfter = retryAfter;
  }
}

const path = (id) => id.split("/").map(encodeURIComponent).join("/");

export class Api {
  // `base`: the service's address without a slash at its end; "" for this very page's.
  constructor(base = "") {
    this.base = base;
  }

  // Yields {name, data} as POST /v1/ask streams them; a reply that comes whole gives the same.
  async *ask(request, signal) {
    const response = await this.#fetch("/v1/ask", post({ ...request, stream: true }, signal));
    if (response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
      yield* serverSent(response);
      return;
    }
    const { answer, ...retrieval } = await response.json();
    yield { name: "retrieval", data: retrieval };
    yield { name: "done", data: { answer } };
  }

  async retrieve(request) {
    return (await this.#fetch("/v1/retrieve", post(request))).json();
  }

  async documents(after = "", limit = 1000) {
    const query = new URLSearchParams(after ? { limit, after } : { limit });
    return (await this.#fetch(`/v1/documents?${query}`)).json();
  }

  async document(id, signal) {
    return (await this.#fetch(`/v1/documents/${path(id)}`, { signal })).json();
  }

  // The address of a document's file, for a browser to show; `page` opens a PDF there.
  fileAddress(id, page = null) {
    return `${this.base}/v1/files/${path(id)}${page === null ? "" : `#page=${page}`}`;
  }

  // Whether the file can be had. Only the reply's head is awaited, its body is not read.
  async hasFile(id) {
    const stop = new AbortController();
    try {
      const response = await fetch(this.fileAddress(id), { signal: stop.signal, credentials: "omit" });
      return response.ok;
    } catch {
      return false;
    } finally {
      stop.abort();
    }
  }

  // The address of the service's own page with a question on it.
  questionAddress(question) {
    const page = new URL(`${this.base}/`, location.href);
    page.hash = String(new URLSearchParams({ q: question }));
    return page.href;
  }

  async #fetch(where, options = {}) {
    let response;
    try {
      response = await fetch(this.base + where, { credentials: "omit", ...options });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new ServiceError(
        "unreachable",
        "The service cannot be reached.",
        "Check that it is running and that you are connected, then ask again.",
      );
    }
    if (response.ok) return response;
    const told = (await response.json().catch(() => null))?.error;
    const seconds = Number(response.headers.get("Retry-After"));
    throw new ServiceError(
      told?.code ?? "unexpected",
      told?.message ?? `The service replied with status ${response.status}.`,
      told?.hint ?? "Ask again in a moment.",
      response.status === 429 ? Math.min(Math.max(seconds || 1, 1), 60) : null,
    );
  }
}

function post(content, signal) {
  const headers = { "Content-Type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(content), signal };
}

// Yields the events of a text/event-stream reply; throws the error that one of them carries, and
// where the stream ends before its last event.
async function* serverSent(response) {
  let left = "";
  let ended = false;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const blocks = (left + value).split("\n\n");
      left = blocks.pop();
      for (const block of blocks) {
        const event = parsed(block);
        if (event === null) continue;
        if (event.name === "error") {
          const { code, message, hint } = event.data.error;
          throw new ServiceError(code, message, hint);
        }
        ended ||= event.name === "done";
        yield event;
      }
    }
  } catch (error) {
    if (error instanceof ServiceError || error.name === "AbortError") throw error;
    throw brokenOff();
  } finally {
    reader.cancel().catch(() => {});
  }
  if (!ended) throw brokenOff();
}

function parsed(block) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5));
  }
  return data.length ? { name, data: JSON.parse(data.join("\n")) } : null;
}

function brokenOff() {
  return new ServiceError(
    "broken_off",
    "The connection broke before the answer was complete.",
    "Ask again.",
  );
}
