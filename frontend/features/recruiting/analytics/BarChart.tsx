"use client";

import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import styles from "./Analytics.module.css";
import type { Bars } from "./drawBars";

/** A picture of numbers that a table beside it says, too; its code is loaded once the page is shown. */
export function BarChart({ of, bars }: { of: string; bars: Bars }) {
  const place = useRef<HTMLDivElement>(null);
  // Equal bars are not drawn again.
  const told = JSON.stringify(bars);
  useEffect(() => {
    let over = false;
    let end = () => {};
    const draw = async () => {
      const { drawBars } = await import("./drawBars");
      if (over || !place.current) return;
      end();
      end = drawBars(place.current, JSON.parse(told));
    };
    // Without a connection the table has to do.
    const drawIfPossible = () => void draw().catch(() => {});
    // Tells the first width, too.
    const width = new ResizeObserver(drawIfPossible);
    if (place.current) width.observe(place.current);
    const scheme = window.matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", drawIfPossible);
    return () => {
      over = true;
      width.disconnect();
      scheme.removeEventListener("change", drawIfPossible);
      end();
    };
  }, [told]);
  return (
    <div
      ref={place}
      className={styles.chart}
      role="img"
      aria-label={`Chart: ${of}. The table has its numbers.`}
    />
  );
}
