import { readFileSync } from "node:fs";
import type { Ajv, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** Their types say nothing of a default export under `nodenext`, where it is the function itself. */
const withFormats = addFormats as unknown as (ajv: Ajv) => Ajv;

/** A file of docs/schemas, as an integrator reads it. */
export const description = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../../docs/schemas/${name}`, import.meta.url), "utf8"));

/** Judges values by a description. */
export class Judge {
  readonly #ajv: Ajv;
  readonly #id: string;

  constructor(name: string) {
    this.#ajv = withFormats(new Ajv2020({ strict: false, allErrors: false }));
    this.#id = name;
    this.#ajv.addSchema(description(name), name);
  }

  /** @param pointer to the schema within the document; none is the whole. @returns what is wrong, or null */
  problem(value: unknown, pointer = ""): string | null {
    const valid = this.#ajv.getSchema(`${this.#id}${pointer}`) as ValidateFunction | undefined;
    if (valid === undefined) throw new Error(`${this.#id} has no ${pointer}`);
    return valid(value) ? null : this.#ajv.errorsText(valid.errors);
  }
}
