// Reads the body with a default reader, and does nothing else.
export const create =
  ({ fetch, baseUrl }) =>
  async (jobId) => {
    const response = await fetch(`${baseUrl}/jobs/${jobId}`, { headers: { accept: "application/json" } });
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      text += decoder.decode(chunk.value, { stream: true });
    }
    return { kind: "StatusInfo", status: JSON.parse(text + decoder.decode()).status };
  };
