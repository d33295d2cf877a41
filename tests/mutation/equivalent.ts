/** Mutants that no test can tell apart from the library, and why. */
export const EQUIVALENT: Readonly<Record<string, string>> = {};
