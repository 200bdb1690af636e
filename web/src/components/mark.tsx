/** Chappe's mark: a tower of the optical telegraph, its regulator and indicators in a sign. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className} fill="none" stroke="currentColor">
      <path d="M16 10.5v8.5" strokeWidth="2.4" />
      <path
        d="M11.2 29.5 13.6 19h4.8l2.4 10.5z"
        fill="currentColor"
        strokeWidth="1.6"
        strokeLinejoin="round"
      />
      <path d="M7 14 25 7" strokeWidth="3" strokeLinecap="round" />
      <path d="M7 14 4.5 7.6M25 7l2.5 6.4" strokeWidth="3" strokeLinecap="round" />
    </svg>
  );
}
