import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { getStatus, isNotFound, isServerError, isStatusInfo } from "../src/get-status.ts";
import { answers } from "./servers/all.ts";
import { asked, bodyOf, complete } from "./servers/answer.ts";
import { describe } from "./support/suite.ts";

describe("the recorded answers", (test) => {
  for (const answer of answers) {
    test(`getStatus() reads ${answer.file}, ${answer.kind}: ${answer.about}`, async () => {
      const empty = [204, 304].includes(answer.status);
      const result = await getStatus(asked.baseUrl, asked.jobId, {
        fetch: async () =>
          new Response(empty ? null : bodyOf(answer), { status: answer.status, headers: answer.headers ?? {} }),
      });
      assert.deepEqual(result, complete(answer));
      assert.deepEqual(
        [isStatusInfo, isNotFound, isServerError].map((guard) => guard(result)),
        [answer.result.kind === "StatusInfo", answer.result.kind === "NotFound", answer.result.kind === "ServerError"],
      );
    });
  }

  test("each answer has its body, and each body its answer", () => {
    const files = readdirSync(new URL("../../tests/servers/answers", import.meta.url)).sort();
    assert.deepEqual(answers.map((answer) => answer.file).sort(), files);
  });
});
