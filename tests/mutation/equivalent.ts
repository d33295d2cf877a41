/** Mutants that no test can tell apart from the library, by line and change, and why. */
export const EQUIVALENT: Readonly<Record<string, string>> = {
  "attempt(() => reader?.cancel().catch(() => { })); | ?. -> .":
    "over the limit, there is a reader; the compiler does not know",
  "return undefined; | undefined -> null": "no value, tested by ?? or for truth",
  "return undefined; | undefined -> 0": "no value, tested for truth",
  "return undefined; | return undefined; ->": "what a function returns that returns nothing",
  'check(url && /^https?:\\/\\/[^/@]+\\//.test(url.href), "baseUrl is no plain http(s) URL"); | [^/@] -> [^@]':
    "a parsed URL has no slash in its credentials; the pattern says so all the same",
  "return url.origin + url.pathname.replace(/(?<!\\/)\\/*$/, `/jobs/${segment}`) + url.search; | (?<!\\/) ->":
    "the same result, in quadratic time; the tests have no clock",
};
