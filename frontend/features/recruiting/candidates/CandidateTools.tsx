import { Choices } from "@/ui/Choices";
import { Select } from "@/ui/Field";
import { SearchField } from "@/ui/SearchField";
import type { useParams } from "@/ui/useParams";
import styles from "./Candidates.module.css";
import { stateName } from "./PersonState";
import {
  type CandidatePage,
  type CandidateQuery,
  SORTS,
  type Sort,
  STATES,
  type State,
  totalOf,
} from "./reads";

const SORT_NAMES: Record<Sort, string> = {
  activity: "Last activity",
  invited: "Last invited",
  name: "Name",
};

interface CandidateToolsProps {
  query: CandidateQuery;
  /** The states to filter by. */
  offered: State[];
  /** Undefined before it has come. */
  page: CandidatePage | undefined;
  /** Those of the component that reads the query: what is chosen shows before the router has it. */
  params: Pick<ReturnType<typeof useParams>, "push" | "replace">;
}

/** Filters the list, searches it, and sorts it; all in the page's address. */
export function CandidateTools({ query, offered, page, params }: CandidateToolsProps) {
  const { state, search, sort } = query;
  const { push, replace } = params;
  const firstPage = { after: null, before: null };
  const states = STATES.filter((one) => one === state || offered.includes(one));
  return (
    <div className={styles.tools}>
      <Choices
        of="Which candidates"
        choices={[
          ["all", "All", page && totalOf(page, null)],
          ...states.map((one) => [one, stateName(one), page && totalOf(page, one)] as const),
        ]}
        value={state ?? "all"}
        onChange={(show) => push({ ...firstPage, show: show === "all" ? null : show })}
      />
      <SearchField
        label="Find a name or address"
        value={search}
        onSearch={(text) => replace({ ...firstPage, q: text || null })}
      />
      <Select
        label="Sort by"
        value={sort}
        onChange={({ target }) =>
          push({ ...firstPage, sort: target.value === "activity" ? null : target.value })
        }
      >
        {(Object.keys(SORTS) as Sort[]).map((one) => (
          <option key={one} value={one}>
            {SORT_NAMES[one]}
          </option>
        ))}
      </Select>
    </div>
  );
}
