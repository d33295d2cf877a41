// What the settings of this project refuse. If something compiles after all, its `@ts-expect-error` is an error.

// @ts-expect-error only Node has it
export const ofNode: unknown = process;
// @ts-expect-error ES2022 does not have it
export const newer: number[] = [1].toSorted();
// @ts-expect-error it cannot be erased
export enum Word {}
// @ts-expect-error nothing says that there is such a property
export const misspelt = (record: Record<string, unknown>): unknown => record.nmae;
// @ts-expect-error it may be undefined
export const item: string = [""][0];
// @ts-expect-error it has no type
export const untyped: unknown = (value) => value;
// @ts-expect-error nothing uses it
const unused = 1;
