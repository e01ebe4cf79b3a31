import { ButtonLink } from "@/ui/Button";

export default function NotFound() {
  return (
    <div className="stack">
      <h1>Page not found</h1>
      <p className="lead">The address may be mistyped, or the page no longer exists.</p>
      <p>
        <ButtonLink href="/">Go to the start page</ButtonLink>
      </p>
    </div>
  );
}
