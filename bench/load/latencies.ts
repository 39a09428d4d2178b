export interface Spread {
  p50: number;
  p99: number;
  max: number;
}

/** Times of a run; a few hundred thousand are kept as they are. */
export class Latencies {
  readonly #values: number[] = [];

  get count(): number {
    return this.#values.length;
  }

  add(value: number): void {
    this.#values.push(value);
  }

  get spread(): Spread {
    const sorted = Float64Array.from(this.#values).sort();
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { p50: at(0.5), p99: at(0.99), max: at(1) };
  }
}
