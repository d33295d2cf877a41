/**
 * Finds every small change to a JavaScript module, by its syntax. A change has a key that names its function, the text
 * around it and its replacement, but no line: an edit elsewhere does not change the key.
 */
export interface Mutant {
  readonly key: string;
  readonly line: number;
  readonly code: string;
}

/** A node of ESTree, with the members that are used here. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly operator?: string;
  readonly optional?: boolean;
  readonly computed?: boolean;
  readonly name?: string;
  readonly value?: unknown;
  readonly regex?: { readonly pattern: string; readonly flags: string };
  readonly key?: Node;
  readonly id?: Node | null;
  readonly test?: Node | null;
  readonly left?: Node;
  readonly right?: Node;
  readonly argument?: Node | null;
  readonly callee?: Node;
  readonly object?: Node;
  readonly property?: Node;
}

/** A range of the source, and what replaces it. */
interface Change {
  readonly start: number;
  readonly end: number;
  readonly to: string;
}

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  "===": ["!=="],
  "!==": ["==="],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "&&": ["||"],
  "||": ["&&"],
  "??": ["&&"],
  "+=": ["-=", "="],
  "-=": ["+=", "="],
  "++": ["--"],
  "--": ["++"],
};
const METHODS: Readonly<Record<string, string>> = {
  every: "some",
  some: "every",
  find: "findLast",
  startsWith: "endsWith",
  endsWith: "startsWith",
};
/** Methods whose call may be left out, since it returns a value of the type that it is called on. */
const OMITTED = ["toLowerCase", "filter", "catch", "slice", "subarray"];
/** The longest text that a key shows in full. */
const BRIEF = 80;

export function findMutants(source: string, parse: (source: string) => Node): Mutant[] {
  const mutants: Mutant[] = [];
  const codes = new Set([source]);
  const keys = new Map<string, number>();

  const visit = (node: Node, parents: readonly Node[]): void => {
    for (const { start, end, to } of changesOf(node, parents.at(-1), source)) {
      const code = source.slice(0, start) + to + source.slice(end);
      if (codes.has(code) || !parses(code, parse)) continue;
      codes.add(code);
      const shown = shownRange(node, parents.at(-1));
      const before = brief(source.slice(shown.start, shown.end));
      const after = brief(source.slice(shown.start, start) + to + source.slice(end, shown.end)) || "nothing";
      const key = `${ownerOf([...parents, node])}: ${before} -> ${after}`;
      const count = (keys.get(key) ?? 0) + 1;
      keys.set(key, count);
      mutants.push({
        key: count === 1 ? key : `${key} (${count})`,
        line: source.slice(0, start).split("\n").length,
        code,
      });
    }
    for (const child of childrenOf(node)) visit(child, [...parents, node]);
  };
  visit(parse(source), []);
  return mutants;
}

function changesOf(node: Node, parent: Node | undefined, source: string): Change[] {
  const member = parent?.type === "ObjectExpression" || parent?.type === "ArrayExpression";
  return [...replacements(node, parent, source), ...(member ? [removal(node, source)] : [])];
}

function replacements(node: Node, parent: Node | undefined, source: string): Change[] {
  const text = ({ start, end }: Node): string => source.slice(start, end);
  const replace = (target: Node, ...texts: string[]): Change[] =>
    texts.map((to) => ({ start: target.start, end: target.end, to }));
  const operators = (from: number): Change[] => {
    const start = source.indexOf(node.operator!, from);
    return (OPERATORS[node.operator!] ?? []).map((to) => ({ start, end: start + node.operator!.length, to }));
  };

  switch (node.type) {
    case "BinaryExpression":
    case "AssignmentExpression":
      return operators(node.left!.end);
    case "UpdateExpression":
      return operators(node.start);
    case "LogicalExpression": {
      const [left, right] = [text(node.left!), text(node.right!)];
      // In parentheses, since the operands may bind less tightly than what is around them.
      const other = OPERATORS[node.operator!]!.map((operator) => `((${left}) ${operator} (${right}))`);
      return replace(node, ...other, `(${left})`, `(${right})`);
    }
    case "ConditionalExpression":
    case "IfStatement":
      return replace(node.test!, "true", "false");
    case "WhileStatement":
    case "ForStatement":
      return node.test ? replace(node.test, "false") : [];
    case "UnaryExpression":
      return node.operator === "!" ? replace(node, `(${text(node.argument!)})`) : [];
    case "AwaitExpression":
      return replace(node, `(${text(node.argument!)})`);
    case "AssignmentPattern":
      return replace(node, text(node.left!));
    case "Identifier":
      return node.name === "undefined" && parent?.type === "BinaryExpression" ? replace(node, "null") : [];
    case "Literal":
      return parent?.key === node ? [] : replace(node, ...literals(node));
    case "TemplateElement":
      return replace(node, "");
    case "ReturnStatement":
      return node.argument && text(node.argument) !== "undefined" ? replace(node, "return;") : [];
    case "ExpressionStatement":
    case "ThrowStatement":
    case "BreakStatement":
    case "ContinueStatement":
      return replace(node, ";");
    case "SwitchCase":
      return replace(node, "");
    case "CallExpression":
    case "MemberExpression":
      return [...methods(node, text), ...(node.optional ? [notOptional(node, source)] : [])];
  }
  return [];
}

/** Removes a member of an object or an array, with its comma. */
function removal(member: Node, source: string): Change {
  const comma = /^\s*,/.exec(source.slice(member.end));
  return { start: member.start, end: member.end + (comma?.[0].length ?? 0), to: "" };
}

function methods(node: Node, text: (node: Node) => string): Change[] {
  const method = node.callee?.property;
  const object = node.callee?.object;
  if (node.type !== "CallExpression" || !method?.name || !object) return [];
  const other = METHODS[method.name];
  return [
    ...(other ? [{ start: method.start, end: method.end, to: other }] : []),
    ...(OMITTED.includes(method.name) ? [{ start: node.start, end: node.end, to: text(object) }] : []),
  ];
}

function notOptional(node: Node, source: string): Change {
  const start = source.indexOf("?.", (node.object ?? node.callee)!.end);
  return { start, end: start + 2, to: node.object && !node.computed ? "." : "" };
}

function literals({ value, regex }: Node): string[] {
  if (regex) return patterns(regex.pattern, regex.flags).map(([pattern, flags]) => `/${pattern}/${flags}`);
  switch (typeof value) {
    case "number":
      return [String(value + 1), ...(value > 0 ? [String(value - 1)] : [])];
    case "boolean":
      return [String(!value)];
    case "string":
      return [value ? '""' : '"mutated"'];
  }
  return [];
}

/** A regular expression without one of its flags, anchors, quantifiers, negations or alternatives. */
function patterns(pattern: string, flags: string): [pattern: string, flags: string][] {
  const found: string[] = [];
  for (const { 0: token, index } of pattern.matchAll(/\\.|\[(?:\\.|[^\]])*\]|\(\?[:=!]|./g)) {
    const put = (to: string): unknown => found.push(pattern.slice(0, index) + to + pattern.slice(index + token.length));
    if (["^", "$", "+", "?"].includes(token)) put("");
    if (token === "*") put("+");
    if (token.startsWith("[^")) put(`[${token.slice(2)}`);
  }
  for (const { 0: group, index } of pattern.matchAll(/[^()]*\|[^()]*/g)) {
    const alternatives = group.split("|");
    for (const one of alternatives)
      found.push(
        pattern.slice(0, index) +
          alternatives.filter((other) => other !== one).join("|") +
          pattern.slice(index + group.length),
      );
  }
  return [
    ...found.map((one): [string, string] => [one, flags]),
    ...[...flags].map((flag): [string, string] => [pattern, flags.replace(flag, "")]),
  ];
}

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((value): value is Node => typeof (value as Node | null)?.type === "string");
}

/** The text that identifies a change: for a condition, up to its end; for a short literal, what holds it. */
function shownRange(node: Node, parent: Node | undefined): { start: number; end: number } {
  if (node.type === "IfStatement") return { start: node.start, end: node.test!.end + ")".length };
  if (node.type === "ConditionalExpression") return { start: node.start, end: node.test!.end + " ?".length };
  const small = ["Literal", "TemplateElement", "Identifier"].includes(node.type);
  return small && parent && parent.end - parent.start <= BRIEF ? parent : node;
}

/** The function, or else the variable, in which a node is. */
function ownerOf(nodes: readonly Node[]): string {
  const owner =
    nodes.find(({ type }) => type === "FunctionDeclaration") ?? nodes.find(({ type }) => type === "VariableDeclarator");
  return owner?.id?.name ?? "module";
}

/** The text in one line, without the middle of a long one. */
function brief(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= BRIEF ? line : `${line.slice(0, BRIEF / 2)} … ${line.slice(-BRIEF / 2)}`;
}

function parses(code: string, parse: (source: string) => Node): boolean {
  try {
    parse(code);
    return true;
  } catch {
    return false;
  }
}
