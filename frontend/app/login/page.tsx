import type { Metadata } from "next";
import { interviewCode, safePath, withParams } from "@/lib/navigation";
import { LoginForm } from "./LoginForm";

export const metadata: Metadata = { title: "Sign in" };

interface Query {
  code?: string;
  next?: string;
  email?: string;
}

export default async function LoginPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { code: sent, next, email } = await searchParams;
  const code = interviewCode(sent);
  const destination = code ? withParams("/candidates/dashboard", { code }) : safePath(next);
  return (
    <div className="stack narrow">
      <h1>Sign in</h1>
      <LoginForm destination={destination} email={email ?? ""} />
    </div>
  );
}
