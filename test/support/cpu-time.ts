/**
 * The processor time of this process so far, in ms. What is measured with it is the same on a machine that is busy with
 * other things, where the clock on the wall goes on while somebody else is at work.
 */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
