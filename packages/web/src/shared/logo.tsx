/** Two speech bubbles that meet. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <path fill="var(--accent)" d="M8 3h13a7 7 0 0 1 0 14h-6l-7 6v-6.2A7 7 0 0 1 8 3Z" />
      <path
        fill="#e9a23b"
        d="M25 15.6A6 6 0 0 1 24 27.4V31l-5-3.5h-4a6 6 0 0 1-4.6-2.2l5.3-4.8H21a9.6 9.6 0 0 0 4-4.9Z"
      />
    </svg>
  );
}
