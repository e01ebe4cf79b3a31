import styles from "./Skeleton.module.css";

interface SkeletonProps {
  /** What is awaited, for screen readers: "your interviews". */
  of: string;
  count?: number;
  /** The height of what will stand there, so that nothing jumps. */
  shape?: "card" | "line";
}

/** In place of what is still being loaded. */
export function Skeleton({ of, count = 3, shape = "card" }: SkeletonProps) {
  return (
    <div className={styles.frame} role="status">
      <span className="unseen">Loading {of} …</span>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={index} className={`${styles.block} ${styles[shape]}`} />
      ))}
    </div>
  );
}
