"use client";

import { Button } from "@/ui/Button";

export default function ErrorPage({ retry }: { error: unknown; retry: () => void }) {
  return (
    <div className="stack" role="alert">
      <h1>This page didn’t load</h1>
      <p className="lead">Something went wrong on our side. Nothing you saved is lost.</p>
      <p>
        <Button onClick={retry}>Try again</Button>
      </p>
    </div>
  );
}
