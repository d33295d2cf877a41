import * as assert from "uvu/assert";
import { getStatus } from "../../src/get-status.ts";
import { describe } from "../runner/suite.ts";
import { corpus } from "../support/corpus.ts";
import { accepted } from "../support/fetches.ts";
import { REQUESTED, TO_BE_REVIEWED, expectedResult, replay } from "../support/recorded.ts";

describe("the corpus", (test) => {
  for (const recorded of corpus)
    test(`getStatus() reads ${recorded.name}, ${recorded.how}: ${recorded.notes}`, async () => {
      assert.not(recorded.review === TO_BE_REVIEWED, `check the result and replace "${TO_BE_REVIEWED}"`);
      const result = await getStatus(REQUESTED.baseUrl, REQUESTED.jobId, { fetch: replay(recorded) });
      assert.equal(result, expectedResult(recorded));
      assert.equal(accepted(result), [recorded.result.kind]);
    });
});
