/** The sign of HireVision: a ticket with an eye of six dots. */
export function Logo({ size = 30 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path
        d="M4 8a3 3 0 0 1 3-3h18a3 3 0 0 1 3 3v4.2a3.8 3.8 0 0 0 0 7.6V24a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3v-4.2a3.8 3.8 0 0 0 0-7.6z"
        fill="var(--accent)"
      />
      <g fill="var(--mark)">
        {[11.5, 16, 20.5].map((x) => (
          <g key={x}>
            <circle cx={x} cy="13.4" r="1.6" />
            <circle cx={x} cy="18.6" r="1.6" />
          </g>
        ))}
      </g>
    </svg>
  );
}
