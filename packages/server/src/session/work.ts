import type { ServerEvent } from "@parley/protocol";
import { LIMITS } from "@parley/protocol";
import type { Timer } from "../clock.ts";
import type { Command } from "../conversation/commands.ts";
import type { Effect } from "../conversation/effects.ts";
import { Handover, type HandoverHost } from "./handover.ts";
import type { Reader } from "./reader.ts";
import { type TurnHost, TurnRunner } from "./turn-runner.ts";

/** What the work of a session needs of it. */
export interface WorkHost extends TurnHost, HandoverHost {
  /** Hands in what came of some work. */
  report(command: Command, origin?: Reader): void;
  /** Sends a transient event to every socket. @returns whether anybody was there to hear it */
  broadcast(event: ServerEvent): boolean;
}

/** Carries out what a session has decided, once that is on disk, and reports back by commands. */
export class Work {
  readonly #host: WorkHost;
  readonly #turns: TurnRunner;
  #joinHint: Timer | undefined;
  #building: Timer | "building" | undefined;
  /** What is done for a handoff that is open. */
  readonly handover: Handover;

  constructor(host: WorkHost) {
    this.#host = host;
    this.#turns = new TurnRunner(host);
    this.handover = new Handover(host);
  }

  /** Whether anything is under way that must not be broken off. */
  get isBusy(): boolean {
    return [this.#joinHint, this.#building, this.handover.isOpen].some(Boolean) || this.#turns.isRunning;
  }

  /** Whether the agent is being built, or speaks. */
  get isAgentBusy(): boolean {
    return this.#building !== undefined || this.#turns.isRunning;
  }

  /** Resolves when the turn that runs, if any, has ended. */
  get turnDone(): Promise<void> {
    return this.#turns.done;
  }

  /** Nobody listens to the turn that runs any more. */
  stopTurn(): void {
    this.#turns.stop();
  }

  /** Breaks off all that is under way. */
  stop(): void {
    this.#joinHint?.cancel();
    this.#joinHint = undefined;
    if (typeof this.#building === "object") this.#building.cancel();
    this.#building = undefined;
    this.handover.stop();
    this.#turns.stop();
  }

  /** @param origin the socket whose frame led to the effect */
  perform(effect: Effect, origin: Reader | undefined): void {
    switch (effect.kind) {
      case "reply":
        origin?.reply(effect.event);
        break;
      case "repeat":
        origin?.repeat(effect.sequence).catch((error) => {
          this.#host.logger.warn({ session: this.#host.info.id, error }, "an echo could not be repeated");
        });
        break;
      case "tell":
        this.#host.broadcast(effect.event);
        break;
      case "tell_failure":
        if (this.#host.broadcast(effect.event)) this.#host.report({ kind: "failure_told" });
        break;
      case "await_join":
        this.#joinHint ??= this.#host.clock.after(LIMITS.joinHintMs, () => {
          this.#joinHint = undefined;
          this.#host.report({ kind: "join_overdue" }, origin);
        });
        break;
      case "build_agent":
        this.#building ??= this.#host.clock.after(effect.at - this.#host.clock.now(), () =>
          this.#buildAgent(),
        );
        break;
      case "run_turn":
        if (this.#host.state.turn?.number === effect.turn.number) this.#turns.run(effect.turn);
        break;
      case "stop_turn":
        this.#turns.stop();
        break;
      case "request_handoff":
        this.handover.request(effect);
        break;
      case "await_person":
        this.handover.await(effect.until);
        break;
      case "tell_provider":
        this.handover.end(effect);
        break;
    }
  }

  #buildAgent(): void {
    this.#building = "building";
    this.#host.agent
      .agent()
      .then(
        ({ name, avatarUrl }): Command => ({ kind: "agent_ready", name, avatarUrl }),
        (error): Command => {
          this.#host.logger.error({ session: this.#host.info.id, error }, "no agent could be built");
          return { kind: "agent_missing" };
        },
      )
      .then((command) => {
        if (this.#building === undefined) return;
        this.#building = undefined;
        this.#host.report(command);
      });
  }
}
