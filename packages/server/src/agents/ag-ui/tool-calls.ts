import { contentToText, type Event, type Message } from "@ag-ui/core";
import type { AgentPart } from "../agent.ts";
import type { Tool } from "../built-in/tools.ts";
import { ProviderFault } from "../provider/fault.ts";
import { toolCall, toolMessage } from "./input.ts";

type ToolEvent = Extract<Event, { type: `TOOL_CALL_${string}` }>;

interface Call {
  id: string;
  name: string;
  text: string;
}

/** A call of one of the protocol's own tools that we have carried out. */
interface Answered {
  call: Call;
  result: string;
  failed: boolean;
  isBeside: boolean;
}

/** UTF-16 units of all calls of one run: no tool needs more, and arguments without end would fill the memory. */
const MAX_CALLS = 1_048_576;

/**
 * The calls of tools in one run. Those of the service are noted as they come and go; those of the protocol's own are
 * carried out here, and the service gets their results with the next run.
 */
export class ToolCalls {
  readonly #builtIn: ReadonlyMap<string, Tool>;
  /** Whose arguments are still coming. */
  readonly #open = new Map<string, Call>();
  readonly #noted = new Set<string>();
  readonly #answered: Answered[] = [];
  /** The call that chunks without an id go on with. */
  #current: string | undefined;
  #last: AgentPart | null = null;
  /** UTF-16 units. */
  #taken = 0;

  constructor(builtIn: ReadonlyMap<string, Tool>) {
    this.#builtIn = builtIn;
  }

  /** A handoff or an end: the last part of the answer. */
  get last(): AgentPart | null {
    return this.#last;
  }

  endWith(part: AgentPart): void {
    this.#last ??= part;
  }

  /** Whether there is anything that a further run is needed for, where text was said beside it. */
  get isBeside(): boolean {
    return this.#answered.every(({ isBeside }) => isBeside);
  }

  /** What the next run is told: what was said, the calls and their results. */
  messages(id: string, content: string): Message[] {
    if (this.#answered.length === 0) return [];
    return [
      {
        id,
        role: "assistant",
        ...(content !== "" && { content }),
        toolCalls: this.#answered.map(({ call }) => toolCall(call.id, call.name, call.text || "{}")),
      },
      ...this.#answered.map(({ call, result, failed }) => toolMessage(call.id, result, failed)),
    ];
  }

  *take(event: ToolEvent): Generator<AgentPart> {
    switch (event.type) {
      case "TOOL_CALL_START":
        this.#begin(event.toolCallId, event.toolCallName);
        break;
      case "TOOL_CALL_ARGS":
        this.#add(event.toolCallId, event.delta);
        break;
      case "TOOL_CALL_CHUNK": {
        const id = event.toolCallId ?? this.#current;
        if (id === undefined) break;
        if (this.#current !== undefined && id !== this.#current) yield* this.#end(this.#current);
        if (!this.#open.has(id)) this.#begin(id, event.toolCallName ?? "");
        this.#current = id;
        this.#add(id, event.delta ?? "");
        break;
      }
      case "TOOL_CALL_END":
        yield* this.#end(event.toolCallId);
        break;
      case "TOOL_CALL_RESULT":
        yield* this.#end(event.toolCallId);
        // Of a call that nobody has announced there is nothing to note.
        if (!this.#noted.delete(event.toolCallId)) break;
        yield { type: "tool_result", id: event.toolCallId, result: asJson(contentToText(event.content)) };
        break;
    }
  }

  /** The run is over, so are calls that came in chunks. */
  *close(): Generator<AgentPart> {
    for (const id of [...this.#open.keys()]) yield* this.#end(id);
  }

  #begin(id: string, name: string): void {
    this.#count(id.length + name.length);
    this.#open.set(id, { id, name, text: "" });
  }

  #add(id: string, delta: string): void {
    const call = this.#open.get(id);
    if (call === undefined) return;
    this.#count(delta.length);
    call.text += delta;
  }

  #count(length: number): void {
    this.#taken += length;
    if (this.#taken <= MAX_CALLS) return;
    throw new ProviderFault("final", `the agent service called tools with more than ${MAX_CALLS} characters`);
  }

  *#end(id: string): Generator<AgentPart> {
    const call = this.#open.get(id);
    if (call === undefined) return;
    this.#open.delete(id);
    if (this.#current === id) this.#current = undefined;
    const { name, text } = call;
    yield { type: "tool_call", id, name, arguments: text === "" ? {} : asJson(text) };
    const tool = this.#builtIn.get(name);
    if (tool === undefined) {
      this.#noted.add(id);
      return;
    }
    const { parts, result, failed } = tool.perform(text === "" ? {} : asJson(text));
    yield { type: "tool_result", id, result, ...(failed && { failed }) };
    this.#answered.push({ call, result, failed, isBeside: tool.place === "beside" && !failed });
    const [first] = parts;
    if (tool.place === "last" && first !== undefined) this.endWith(first);
    else yield* parts;
  }
}

/** What is no JSON is a text. */
function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
