import { builtPages } from "./built.ts";

const start = performance.now();
let wasBuilt = false;
const directory = await builtPages(() => {
  wasBuilt = true;
});
const seconds = ((performance.now() - start) / 1_000).toFixed(1);
console.log(wasBuilt ? `built ${directory} in ${seconds} s` : `${directory} is up to date`);
