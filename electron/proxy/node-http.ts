/**
 * Node's `http`, by its name and not by an import: an import has Node read every export, and with `WebSocket` and its
 * like load all of its own fetch, 35 ms and 3 MB of each start that nobody uses.
 */
export const { createServer, request } = process.getBuiltinModule('node:http')
