import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

export interface Bars {
  /** What is counted. */
  unit: string;
  labels: string[];
  values: number[];
  /** Bars from left to right, for labels that are words. */
  lying?: boolean;
}

/** Draws into a canvas, in the colours of the page; returns what ends it. */
export function drawBars(canvas: HTMLCanvasElement, bars: Bars): () => void {
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const ink = colour("--ink-soft");
  const counts = {
    beginAtZero: true,
    suggestedMax: 1,
    ticks: { color: ink, precision: 0 },
    grid: { color: colour("--line") },
  };
  const names = { ticks: { color: ink, maxRotation: 0 }, grid: { display: false } };
  const chart = new Chart(canvas, {
    type: "bar",
    data: {
      labels: bars.labels,
      datasets: [{ label: bars.unit, data: bars.values, backgroundColor: colour("--accent") }],
    },
    options: {
      indexAxis: bars.lying ? "y" : "x",
      scales: bars.lying ? { x: counts, y: names } : { x: names, y: counts },
      maintainAspectRatio: false,
      animation: false,
      font: { family: style.fontFamily, size: 13 },
      datasets: { bar: { maxBarThickness: 40 } },
    },
  });
  return () => chart.destroy();
}
