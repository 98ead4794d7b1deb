/**
 * Starts to measure. The result gives the milliseconds that this process has spent on a processor since. Unlike time on the clock they
 * do not grow while other processes run.
 */
export const processorTime = (): (() => number) => {
  const begun = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1_000;
  };
};
