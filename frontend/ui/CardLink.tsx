import type { ComponentProps } from "react";
import styles from "./CardLink.module.css";
import { PageLink } from "./PageLink";

/** The link in a card: the whole card, which must be positioned, can be clicked. */
export const CardLink = (props: ComponentProps<typeof PageLink>) => (
  <PageLink {...props} className={styles.link} />
);
