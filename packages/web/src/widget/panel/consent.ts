import type { Attributes } from "../api.ts";
import type { Disclaimer } from "../config.ts";
import type { PanelStorage } from "./storage.ts";

/** What a user has agreed to. */
interface Consent {
  readonly version: string;
  /** UTC, RFC 3339. */
  readonly at: string;
  /** The language the text was shown in. */
  readonly locale: string;
}

const KEY = "consent";

/** The user's word on the disclaimer: asked once for each version of it, and recorded with every session that follows. */
export class Consents {
  readonly #disclaimer: Disclaimer | null;
  readonly #storage: PanelStorage;
  #given: Consent | null;

  constructor(disclaimer: Disclaimer | null, storage: PanelStorage) {
    this.#disclaimer = disclaimer;
    this.#storage = storage;
    this.#given = storage.read<Consent>(KEY);
  }

  /** The user has to be asked before anything is said. */
  get isNeeded(): boolean {
    return this.#disclaimer !== null && this.#given?.version !== this.#disclaimer.version;
  }

  give(locale: string, now: Date): void {
    if (this.#disclaimer === null) return;
    this.#given = { version: this.#disclaimer.version, at: now.toISOString(), locale };
    this.#storage.write(KEY, this.#given);
  }

  /** As the session keeps it. */
  get attributes(): Attributes {
    if (this.#disclaimer === null || this.#given === null) return {};
    const { version, at, locale } = this.#given;
    return { consent_version: version, consent_at: at, consent_locale: locale };
  }
}

/** In the reader's language, or the one for all others, or any. */
export const disclaimerText = ({ text }: Disclaimer, locale: string): string =>
  text[locale] ?? text["*"] ?? text.en ?? Object.values(text)[0] ?? "";
