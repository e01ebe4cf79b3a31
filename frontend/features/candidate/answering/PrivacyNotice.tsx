import type { Participation } from "../participations";

/** What the company tells candidates about their data, as it wrote it. */
export function PrivacyNotice({ interview }: Pick<Participation, "interview">) {
  const { privacy_notice } = interview;
  if (!privacy_notice) return null;
  return (
    <section className="card stack" aria-labelledby="privacy-notice">
      <h2 id="privacy-notice">Privacy notice</h2>
      <p className="prewrap" dir="auto">
        {privacy_notice}
      </p>
    </section>
  );
}
