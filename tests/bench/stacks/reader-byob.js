// Reads the body into views of its own if the stream allows it, and does nothing else.
const readerOf = (body) => {
  try {
    return body.getReader({ mode: "byob" });
  } catch {
    return body.getReader();
  }
};
export const create =
  ({ fetch, baseUrl }) =>
  async (jobId) => {
    const response = await fetch(`${baseUrl}/jobs/${jobId}`, { headers: { accept: "application/json" } });
    const reader = readerOf(response.body);
    const read = () => reader.read(new Uint8Array(4_096)); // a default reader ignores the view
    const decoder = new TextDecoder();
    let text = "";
    for (let chunk = await read(); !chunk.done; chunk = await read()) {
      text += decoder.decode(chunk.value, { stream: true });
    }
    return { kind: "StatusInfo", status: JSON.parse(text + decoder.decode()).status };
  };
