import { type ReactNode, useEffect, useRef } from "react";
import { Button } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import styles from "./Conflict.module.css";
import type { Editing } from "./useEdit";

/** What each field is called, and how its value is told. */
export type ToldFields<Fields> = {
  [Field in keyof Fields]: { name: string; told: (value: Fields[Field]) => ReactNode };
};

interface ConflictProps<Fields extends object> {
  edit: Pick<Editing<Fields>, "disputed" | "theirs" | "values" | "takeTheirs">;
  fields: ToldFields<Fields>;
  /** Instead of going on with their values. */
  onTheirs?: () => void;
}

/** In a form whose row someone else has changed: both versions, and the choice. */
export function Conflict<Fields extends object>(props: ConflictProps<Fields>) {
  const { edit, fields, onTheirs = edit.takeTheirs } = props;
  if (!edit.disputed) return null;
  const versionsOf = <Field extends keyof Fields>(field: Field): Versions => {
    const { name, told } = fields[field];
    return { name, theirs: told(edit.theirs[field]), mine: told(edit.values[field]) };
  };
  return <Choice disputed={edit.disputed.map(versionsOf)} onTheirs={onTheirs} />;
}

/** Of a field that both have changed. */
interface Versions {
  name: string;
  theirs: ReactNode;
  mine: ReactNode;
}

interface ChoiceProps {
  disputed: Versions[];
  onTheirs: () => void;
}

function Choice({ disputed, onTheirs }: ChoiceProps) {
  const place = useRef<HTMLDivElement>(null);
  // The form may be scrolled to its end, where the button is.
  useEffect(() => {
    place.current?.scrollIntoView({ block: "nearest" });
    place.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div ref={place} tabIndex={-1} data-slug="row_conflict">
      <Notice
        tone="bad"
        title="Someone changed this in the meantime."
        actions={
          disputed.length > 0 && (
            <>
              <Button variant="secondary" small onClick={onTheirs}>
                Use theirs
              </Button>
              <Button type="submit" variant="secondary" small>
                Save mine
              </Button>
            </>
          )
        }
      >
        {disputed.length === 0 ? (
          "Nothing was saved yet. Their changes are in the form below, beside yours: check them, then save."
        ) : (
          <dl className={styles.versions}>
            {disputed.map(({ name, theirs, mine }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="prewrap">
                  <span className="soft small">Theirs: </span>
                  <bdi>{theirs}</bdi>
                </dd>
                <dd className="prewrap">
                  <span className="soft small">Yours: </span>
                  <bdi>{mine}</bdi>
                </dd>
              </div>
            ))}
          </dl>
        )}
      </Notice>
    </div>
  );
}
