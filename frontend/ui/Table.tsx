import type { ReactNode } from "react";
import styles from "./Table.module.css";

export interface Column<Row> {
  name: string;
  /** What it holds of a row; nothing leaves its line out of the card. */
  cell: (row: Row) => ReactNode;
  /** Digits of one width. */
  number?: boolean;
  /** No wider than its cells need; the others share the rest. */
  narrow?: boolean;
  /** A class with the width of the column, in a dense table. */
  col?: string | undefined;
}

interface TableProps<Row> {
  /** What the table holds, for screen readers. */
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** Rows of 44 pixels where there is room for a table: each cell has one line, or two small ones. */
  dense?: boolean | undefined;
}

/**
 * Rows of the same kind; on phones and small tablets, cards. The roles are spelled out because
 * browsers forget them once `display` is no longer that of a table.
 */
export function Table<Row>({ caption, columns, rows, rowKey, dense }: TableProps<Row>) {
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: see above
    // biome-ignore-start lint/a11y/useSemanticElements: see above
    <table className={dense ? `${styles.table} ${styles.dense}` : styles.table} role="table">
      <caption className="unseen">{caption}</caption>
      {dense && (
        <colgroup>
          {columns.map(({ name, col }) => (
            <col key={name} className={col} />
          ))}
        </colgroup>
      )}
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ name, narrow }) => (
            <th
              key={name}
              role="columnheader"
              scope="col"
              className={narrow ? styles.narrow : undefined}
            >
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={rowKey(row)} role="row">
            {columns.map(({ name, cell, number }) => {
              const content = cell(row);
              return (
                <td
                  key={name}
                  role="cell"
                  className={[number && styles.number, !content && styles.empty]
                    .filter(Boolean)
                    .join(" ")}
                >
                  <span className={styles.name} aria-hidden="true">
                    {name}
                  </span>
                  <div>{content}</div>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/useSemanticElements: see above
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
}
