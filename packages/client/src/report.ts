/**
 * Tells of an error that is nobody's answer, as the platform does of one that nobody has caught: a listener threw, a
 * storage is full. In a browser it reaches `window.onerror`; elsewhere it is printed. It is never thrown.
 */
export function report(error: unknown): void {
  const { reportError } = globalThis as { reportError?: (error: unknown) => void };
  if (reportError) reportError(error);
  else console.error(error);
}
