/** A JSON Schema with the keywords that {@linkcode violations} supports. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  array: (value) => Array.isArray(value),
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: (value) => Number.isInteger(value),
};

/**
 * Checks a value against a JSON Schema (2020-12), and returns what violates it.
 *
 * It has the keywords that tests/servers/schema.json uses, and throws for others, so that none can be ignored.
 */
export function violations(schema: Schema, value: unknown, root: Schema = schema, path = "$"): string[] {
  return Object.entries(schema).flatMap(([keyword, expected]): string[] => {
    const unless = (holds: boolean): string[] =>
      holds ? [] : [`${path} violates ${keyword} ${JSON.stringify(expected)}`];
    const members = TYPES["object"]!(value) ? Object.entries(value as object) : [];
    const properties = (schema["properties"] ?? {}) as Readonly<Record<string, Schema>>;
    switch (keyword) {
      case "$schema":
      case "$defs":
      case "title":
      case "description":
        return [];
      case "$ref":
        return violations(resolve(root, String(expected)), value, root, path);
      case "type":
        return unless(TYPES[String(expected)]!(value));
      case "const":
        return unless(value === expected);
      case "enum":
        return unless((expected as unknown[]).includes(value));
      case "minLength":
        return unless(typeof value !== "string" || [...value].length >= Number(expected));
      case "pattern":
        return unless(typeof value !== "string" || new RegExp(String(expected), "u").test(value));
      case "minimum":
        return unless(typeof value !== "number" || value >= Number(expected));
      case "maximum":
        return unless(typeof value !== "number" || value <= Number(expected));
      case "minProperties":
        return unless(!TYPES["object"]!(value) || members.length >= Number(expected));
      case "required":
        return unless(
          !TYPES["object"]!(value) || (expected as string[]).every((name) => Object.hasOwn(value as object, name)),
        );
      case "properties":
        return members.flatMap(([name, member]) =>
          Object.hasOwn(properties, name) ? violations(properties[name]!, member, root, `${path}.${name}`) : [],
        );
      case "additionalProperties":
        if (expected !== false) break;
        return members
          .filter(([name]) => !Object.hasOwn(properties, name))
          .map(([name]) => `${path}.${name} is not a member that the schema allows`);
      case "items":
        return (Array.isArray(value) ? value : []).flatMap((item, index) =>
          violations(expected as Schema, item, root, `${path}[${index}]`),
        );
      case "oneOf": {
        const found = (expected as Schema[]).map((option) => violations(option, value, root, path));
        const matches = found.filter((list) => !list.length).length;
        return matches === 1 ? [] : [`${path} matches ${matches} of ${found.length}: ${found.flat().join("; ")}`];
      }
    }
    throw new Error(`Cannot check ${path}: the keyword ${keyword} ${JSON.stringify(expected)} is not supported`);
  });
}

function resolve(root: Schema, reference: string): Schema {
  const name = /^#\/\$defs\/(\w+)$/.exec(reference)?.[1];
  const found = (root["$defs"] as Readonly<Record<string, Schema>> | undefined)?.[name ?? ""];
  if (!found) throw new Error(`Cannot resolve the reference ${reference}`);
  return found;
}
