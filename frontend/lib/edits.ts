const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** The names of the fields in which two versions differ. */
export const differing = <Fields extends object>(one: Fields, other: Fields): (keyof Fields)[] =>
  (Object.keys(one) as (keyof Fields)[]).filter((name) => !same(one[name], other[name]));

/** Of `wanted`, what is not so in `seen`. */
export function changesOf<Fields extends object>(seen: Fields, wanted: Fields): Partial<Fields> {
  const changes: Partial<Fields> = {};
  for (const name of differing(seen, wanted)) changes[name] = wanted[name];
  return changes;
}

/**
 * What somebody entered, on top of what someone else has saved in the meantime: their fields where
 * nothing was entered, and the names of those that both have changed, each in a way of their own.
 */
export function rebased<Fields extends object>(seen: Fields, mine: Fields, theirs: Fields) {
  const entered = changesOf(seen, mine);
  const values: Fields = { ...theirs, ...entered };
  const disputed = differing(theirs, values).filter((name) => !same(seen[name], theirs[name]));
  return { values, disputed };
}
