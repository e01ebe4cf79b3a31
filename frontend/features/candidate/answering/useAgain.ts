import { useParams } from "@/ui/useParams";

/** How the address says that an answer that was sent is recorded again: `?question=2&as=again`. */
export const AGAIN = "again";

/** Whether it is, and how that changes. */
export function useAgain(): [again: boolean, setAgain: (again: boolean) => void] {
  const { param, replace } = useParams();
  const again = param("as") === AGAIN;
  return [again, (on) => on !== again && replace({ as: on ? AGAIN : null })];
}
