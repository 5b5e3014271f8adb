/**
 * `ANTEROOM_DNS_SERVERS` names the DNS servers to ask instead of the system's, as `address` or `address:port`, separated
 * by commas: for networks where the system's answers for inside only, and for tests.
 */
export const dnsServers = (env: Record<string, string | undefined>): string[] =>
  (env.ANTEROOM_DNS_SERVERS ?? '')
    .split(',')
    .map((server) => server.trim())
    .filter((server) => server !== '')
