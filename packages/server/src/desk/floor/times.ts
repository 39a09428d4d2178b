/** What takes how long at the desk, and what there may be of it. */
export const DESK_TIMES = {
  /** An offer is passed on after so long, milliseconds: a user who waits has read the last line ten times by then. */
  offerMs: 20_000,
  /**
   * A person who is not connected keeps what they have for so long, milliseconds: a reload takes seconds, a change of
   * networks or a browser that starts again half a minute; a user who has asked something waits no longer than a minute.
   */
  graceMs: 60_000,
  /** So many offers let pass in a row tell that nobody is at the keyboard: the person is away until they say otherwise. */
  missedOffers: 3,
} as const;
