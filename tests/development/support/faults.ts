/** The faults of a development server, as a client's own tests would ask for them. */
export class Faults {
  readonly #url: string;

  /** @param session an id, or `latest` */
  constructor(server: string, session: string) {
    this.#url = `${server}/playground/sessions/${session}`;
  }

  /** @throws with the server's own words where it does not take it */
  async make(fault: string, details: object = {}): Promise<{ connections: number[] }> {
    const { status, body } = await this.ask(fault, details);
    if (status !== 200) throw new Error(`${fault}: ${status} ${JSON.stringify(body)}`);
    return body as unknown as { connections: number[] };
  }

  async ask(fault: string, details: object = {}): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await fetch(`${this.#url}/faults`, {
      method: "POST",
      body: JSON.stringify({ fault, ...details }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  async active(): Promise<Record<string, unknown>[]> {
    const answer = await fetch(`${this.#url}/faults`);
    return ((await answer.json()) as { faults: Record<string, unknown>[] }).faults;
  }

  async clear(): Promise<void> {
    await fetch(`${this.#url}/faults`, { method: "DELETE" });
  }

  async session(): Promise<Record<string, unknown> & { connections: number[] }> {
    return (await (await fetch(this.#url)).json()) as Record<string, unknown> & { connections: number[] };
  }

  async wire(): Promise<{ kind: string; from?: string; text?: string; [key: string]: unknown }[]> {
    const answer = await fetch(`${this.#url}/wire`);
    return ((await answer.json()) as { records: { kind: string }[] }).records;
  }
}
