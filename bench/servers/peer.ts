/** How a peer's clients say what they want: the path of their connection. */
export const CHUNKS_PATH = "/chunks";

/** A piece of an answer, as a model yields one. Each holds one `Q`, by which they are counted. */
export const PART = "Quick words come ";
/** Milliseconds between two pieces: 50 a second. */
export const PART_INTERVAL_MS = 20;

/** Milliseconds between two pieces that say when they were made: 20 a second. */
export const STAMPED_INTERVAL_MS = 50;

/** The line that tells the harness where a server listens; Parley's own has the same form. */
export const announce = (port: number): void => console.log(`listening on http://127.0.0.1:${port}`);
