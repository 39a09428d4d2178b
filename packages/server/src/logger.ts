import { type DestinationStream, type LevelWithSilentOrString, pino, stdSerializers } from "pino";

/**
 * What the parts log through. Fields never hold a token, a secret, or what was said; of an error only what
 * `createLogger` leaves of it is written, and an agent's message for its error is its author's own.
 */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Logs JSON lines.
 * @param level the least important level that is logged
 * @param destination standard output by default
 */
export function createLogger(level: LevelWithSilentOrString, destination?: DestinationStream): Logger {
  return pino({ level, errorKey: "error", serializers: { error: errorFields } }, destination);
}

/** Libraries hang whole requests on their errors, with keys and prompts, so only what names an error is kept. */
function errorFields(error: unknown): object | string {
  if (error instanceof Error) {
    const { type, message, stack } = stdSerializers.err(error);
    const code: unknown = "code" in error ? error.code : undefined;
    return { type, message, stack, ...(["string", "number"].includes(typeof code) && { code }) };
  }
  return typeof error === "object" ? Object.prototype.toString.call(error) : String(error);
}
