import { ButtonLink } from "@/ui/Button";

export default function NotFound() {
  return (
    <div className="stack">
      <h1>There is no such page</h1>
      <p className="lead">The address may be mistyped, or what it led to is gone.</p>
      <p>
        <ButtonLink href="/">To the start</ButtonLink>
      </p>
    </div>
  );
}
