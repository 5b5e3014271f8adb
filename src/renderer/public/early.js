// Runs while the application itself still arrives, when the page has nothing else to do. Not bundled, and neither
// async nor a module: a small file of its own is there first. The application must not need it.

// The way to the engine (see host/web.ts, which takes this socket if it is there). Electron has its port.
if (location.protocol.startsWith('http') && !window.anteroom) {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  window.anteroomSocket = new WebSocket(`${scheme}://${location.host}/rpc`)
}

// The first format of a process reads its locale's data; every row of the list shows a time.
new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }).format(0)
