import { workerData } from "node:worker_threads";
import type { Packed } from "./packing.ts";
import { serve } from "./serve.ts";
import { Writer } from "./writer.ts";

const writer = new Writer(workerData);

serve(writer, {
  name: "commit",
  rows: ({ rows }: Packed) => rows,
  carryOut: (batches) => writer.commitTogether(batches),
});
