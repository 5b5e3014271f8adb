// A parser that never answers: what the receiver stored stays in the spool.
setInterval(() => undefined, 60_000)
