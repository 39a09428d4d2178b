// Loaded into the attacked program before everything else: SIGUSR2 collects its garbage, so that what is measured
// afterwards is held by something. Needs --expose-gc.
process.on("SIGUSR2", () => {
  gc();
  gc();
});
