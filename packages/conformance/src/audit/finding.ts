import type { Frame, Received, Recording } from "../client/recording.ts";
import { Failure } from "../failure.ts";

/** What an audit does not accept in a recording. */
export interface Finding {
  expected: string;
  received?: Received;
  frame?: Frame;
  seen?: unknown;
}

/** Judges each recording by a rule. @throws Failure with the first finding, and where it was made */
export function auditEach(
  recordings: readonly Recording[],
  rule: (recording: Recording) => Finding | null,
): void {
  for (const recording of recordings) {
    const finding = rule(recording);
    if (finding !== null) report(finding, `the check ${recording.label}, session ${recording.session}`);
  }
}

/** @throws Failure that says what was found and where */
export function report({ expected, received, frame, seen }: Finding, where: string): never {
  throw new Failure(`${expected} (in ${where})`, received?.event ?? frame?.text ?? seen);
}
