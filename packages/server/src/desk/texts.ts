/** What users read of the desk. */
export const TEXTS = {
  nobodyThere: "Nobody is available to take over right now.",
  lost: "We have lost the connection to the person you were talking to. Somebody else will be with you in a moment.",
  transferredTo: (name: string) => `You are being passed on to ${name}.`,
  transferred: "You are being passed on to a colleague.",
} as const;
