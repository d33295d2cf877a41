export const parse = (document) => document;
