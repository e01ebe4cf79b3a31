import { Skeleton } from "@/ui/Skeleton";

export default function SearchLoading() {
  return (
    <div className="stack">
      <Skeleton of="the search" count={3} />
    </div>
  );
}
