// Loaded into the attacked program before everything else. On SIGUSR2 it collects its garbage and prints what is left:
// bytes that something holds. Needs --expose-gc.
process.on("SIGUSR2", () => {
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  process.stdout.write(`settled ${heapUsed + external}\n`);
});
