// The service's HTTP interface. Every failure is thrown as one ServiceError {code, message, hint}.

export class ServiceError extends Error {
  constructor(code, message, hint) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

export function ask(question, signal) {
  return send("/v1/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ question }),
    signal,
  });
}

export function listDocuments(after = "") {
  return send("/v1/documents" + (after ? "?after=" + encodeURIComponent(after) : ""));
}

export function getDocument(id, signal) {
  return send("/v1/documents/" + id.split("/").map(encodeURIComponent).join("/"), { signal });
}

async function send(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServiceError(
      "unreachable",
      "The service cannot be reached.",
      "Check that it is running and that you are connected, then ask again.",
    );
  }
  let content = null;
  try {
    content = await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
  }
  if (response.ok && content !== null) return content;
  const told = content?.error;
  throw new ServiceError(
    told?.code ?? "unexpected",
    told?.message ?? `The service replied with status ${response.status}.`,
    told?.hint ?? "Ask again in a moment.",
  );
}
