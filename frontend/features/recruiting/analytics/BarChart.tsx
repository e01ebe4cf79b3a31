"use client";

import { useEffect, useRef } from "react";
import styles from "./Analytics.module.css";
import type { Bars } from "./drawBars";

/** A picture of numbers that a table beside it says, too; its code is loaded once the page is shown. */
export function BarChart({ of, bars }: { of: string; bars: Bars }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  // Equal bars are not drawn again.
  const told = JSON.stringify(bars);
  useEffect(() => {
    let over = false;
    let end = () => {};
    const draw = async () => {
      const { drawBars } = await import("./drawBars");
      if (over || !canvas.current) return;
      end();
      end = drawBars(canvas.current, JSON.parse(told));
    };
    // Without a connection the table has to do.
    const drawIfPossible = () => void draw().catch(() => {});
    drawIfPossible();
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", drawIfPossible);
    return () => {
      over = true;
      scheme.removeEventListener("change", drawIfPossible);
      end();
    };
  }, [told]);
  return (
    <div className={`${styles.chart} ${bars.lying ? styles.lying : ""}`}>
      <canvas ref={canvas} role="img" aria-label={`Chart: ${of}. The table has its numbers.`} />
    </div>
  );
}
