import { parseArgs } from "node:util";
import { fuzz } from "./fuzzer.ts";
import { Target } from "./target.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: `${Math.floor(Math.random() * 2 ** 30)}` },
  },
});

const options = { seconds: Number(values.seconds), seed: Number(values.seed) };
console.log(`Fuzzing for ${options.seconds} s with --seed ${options.seed}`);
await using target = await Target.start({ PARLEY_LOG: "info" });
console.log(await fuzz(target, options));
