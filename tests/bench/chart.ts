/** Draws the size of each stack against the documents that it reads, as SVG. */
import type { Scores } from "./read.ts";
import { OURS, STACKS, gzipSize } from "./stacks.ts";

const WIDTH = 760;
const HEIGHT = 420;
const PLOT = { left: 60, right: 730, top: 24, bottom: 360 };
const SIZES = [200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000];
/** The least distance between two slanted labels. */
const LABEL = 17;
/** The height of a band whose points share a row of labels. */
const ROW = 40;

interface Point {
  readonly label: string;
  readonly own: boolean;
  readonly x: number;
  readonly y: number;
}

export function chart(scores: Scores): string {
  const top = Math.ceil(scores.documents / 20) * 20;
  const x = (bytes: number): number => {
    const [low, high] = [Math.log(SIZES[0]!), Math.log(SIZES.at(-1)!)];
    return PLOT.left + ((Math.log(bytes) - low) / (high - low)) * (PLOT.right - PLOT.left);
  };
  const y = (documents: number): number => PLOT.bottom - (documents / top) * (PLOT.bottom - PLOT.top);
  const points = STACKS.map((stack): Point => ({
    label: stack.title.replaceAll(/[*`]| typescript-fetch$/g, ""),
    own: stack.name === OURS.name,
    x: x(gzipSize(stack)),
    y: y(scores.stacks[stack.name]!.read),
  }));
  const steps = Array.from({ length: 5 }, (_, i) => (top / 4) * i);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title">
  <title id="title">Size of each stack against the status documents that it reads, of ${scores.documents}</title>
  <style>
    text { font: 12px system-ui, sans-serif; fill: #59636e; }
    line { stroke: #8b949e; stroke-opacity: 0.35; }
    circle { fill: #8b949e; }
    .own { fill: #0969da; font-weight: 600; }
    @media (prefers-color-scheme: dark) {
      text { fill: #9198a1; }
      .own { fill: #4493f8; }
    }
  </style>
${[
  ...steps.map(
    (step) => `<line x1="${PLOT.left}" x2="${PLOT.right}" y1="${round(y(step))}" y2="${round(y(step))}"/>
  <text x="${PLOT.left - 10}" y="${round(y(step) + 4)}" text-anchor="end">${step}</text>`,
  ),
  ...SIZES.map(
    (size) =>
      `<text x="${round(x(size))}" y="${PLOT.bottom + 20}" text-anchor="middle">${size.toLocaleString("en-US")}</text>`,
  ),
  `<text x="${(PLOT.left + PLOT.right) / 2}" y="${PLOT.bottom + 44}" text-anchor="middle">bytes, minified and gzipped (logarithmic)</text>`,
  `<text x="16" y="${(PLOT.top + PLOT.bottom) / 2}" text-anchor="middle" transform="rotate(-90 16 ${(PLOT.top + PLOT.bottom) / 2})">documents read, of ${scores.documents}</text>`,
  ...place(points),
]
  .map((element) => `  ${element}`)
  .join("\n")}
</svg>
`;
}

/** The points. Labels are below and slanted, and moved to the right until they do not touch; the own one is above. */
function place(points: readonly Point[]): string[] {
  const ends = new Map<number, number>();
  return [...points]
    .sort((a, b) => a.x - b.x)
    .flatMap(({ label, own, x, y }) => {
      const [pointX, pointY] = [round(x), round(y)];
      if (own) {
        return [
          `<circle class="own" cx="${pointX}" cy="${pointY}" r="6"/>`,
          `<text class="own" x="${pointX}" y="${pointY - 12}" text-anchor="middle">${label}</text>`,
        ];
      }
      const row = Math.floor(y / ROW);
      const end = Math.max(x, (ends.get(row) ?? -Infinity) + LABEL);
      ends.set(row, end);
      const [labelX, labelY] = [round(end + 4), round(y + 16)];
      return [
        `<line x1="${pointX}" y1="${pointY}" x2="${labelX}" y2="${labelY - 6}"/>`,
        `<circle cx="${pointX}" cy="${pointY}" r="4"/>`,
        `<text x="${labelX}" y="${labelY}" transform="rotate(40 ${labelX} ${labelY})">${label}</text>`,
      ];
    });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
