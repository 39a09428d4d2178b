/** What a job of the generator took of its own core. */
export interface Busy {
  /** 1 is all of it: from 0.9 on the generator measures itself. */
  generator: number;
}

/** Measures the CPU of this process from now until the call of what it returns. */
export function watchBusy(): () => Busy {
  const cpu = process.cpuUsage();
  const began = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { generator: (user + system) / 1_000 / (performance.now() - began) };
  };
}
