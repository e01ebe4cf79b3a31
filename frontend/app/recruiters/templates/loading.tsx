import { Skeleton } from "@/ui/Skeleton";

export default function TemplatesLoading() {
  return (
    <div className="stack">
      <h1>Templates</h1>
      <Skeleton of="the templates" />
    </div>
  );
}
