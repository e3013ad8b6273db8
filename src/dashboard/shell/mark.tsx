/** The switch of a track: what goes straight on is ink, what branches off is new. */
export const Mark = () => (
  <svg viewBox="0 0 24 24" fill="none" strokeWidth="3.4" strokeLinecap="round" strokeLinejoin="round" aria-hidden>
    <path stroke="var(--ink)" d="M3 20h12.5a4 4 0 0 0 0-8h-7a4 4 0 0 1-3.4-6" />
    <path stroke="var(--new)" d="M8.5 4H19m-3.5-2.6L19.2 4l-3.7 2.8" />
  </svg>
);
