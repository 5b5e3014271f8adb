/** Later than any moment and any row. */
export const LATEST = Number.MAX_SAFE_INTEGER
