import uPlot from "uplot";
import { count } from "@/lib/format";

export interface Bars {
  labels: string[];
  /** Whole numbers. */
  values: number[];
}

const TEXT = 13;
const GAP = 8;
// As far apart as labels that lean must be.
const LEANING = 24;
const LEAN = 45;
// Steps from one line to the next.
const STEPS = [0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap((power) => [1, 2, 5].map((n) => n * 10 ** power));

/** Draws into an element, as wide and high as it is, in its colours; returns what ends it. */
export function drawBars(into: HTMLElement, { labels, values }: Bars): () => void {
  const style = getComputedStyle(into);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `${TEXT}px ${style.fontFamily}`;
  const most = Math.max(1, ...values);
  const [width, height] = [into.clientWidth, into.clientHeight];
  const numbers = widest([count(most)], font) + 2 * GAP;
  const laid = layLabels(labels, width, numbers, font);
  const axis: uPlot.Axis = { stroke: colour("--ink-soft"), font, gap: GAP, ticks: { show: false } };
  const chart = new uPlot(
    {
      width,
      height,
      padding: [GAP, laid.right, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: [-0.5, labels.length - 0.5] },
        y: { range: [0, most] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: laid.under,
          rotate: laid.rotate,
          space: 0,
          incrs: [laid.step],
          values: (_, at) => at.map((index) => labels[index] ?? ""),
        },
        {
          ...axis,
          grid: { stroke: colour("--line"), width: 1 },
          size: laid.left,
          incrs: STEPS,
          values: (_, at) => at.map(count),
        },
      ],
      series: [
        {},
        {
          fill: colour("--accent"),
          width: 0,
          points: { show: false },
          // It has bars, whatever its types say.
          paths: uPlot.paths.bars?.({ size: [0.8, 40] }) ?? (() => null),
        },
      ],
    },
    [[...labels.keys()], values],
    into,
  );
  return () => chart.destroy();
}

/**
 * Labels beside each other where they fit; else leaning; else only every so many of them. Left and
 * right of the bars there is room for what hangs over.
 */
function layLabels(labels: string[], width: number, axis: number, font: string) {
  const wide = widest(labels, font);
  const room = (width - axis - GAP) / labels.length;
  const fits = wide + GAP <= room;
  const leans = !fits && room >= LEANING;
  const thinned = !fits && !leans;
  const slant = leans ? Math.ceil(wide * Math.sin((LEAN * Math.PI) / 180)) : 0;
  const half = thinned ? Math.ceil(wide / 2) : 0;
  const [left, right] = [Math.max(axis, slant, half), Math.max(GAP, half)];
  return {
    ...{ left, right, under: 2 * GAP + TEXT + slant },
    rotate: leans ? LEAN : 0,
    step: thinned ? Math.ceil(((wide + GAP) * labels.length) / (width - left - right)) : 1,
  };
}

function widest(texts: string[], font: string): number {
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) return 0;
  pen.font = font;
  return Math.ceil(Math.max(0, ...texts.map((text) => pen.measureText(text).width)));
}
