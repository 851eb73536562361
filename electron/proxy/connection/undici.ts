/** The parts of undici that calls go through. All of it (fetch, WebSocket, caches, mocks) takes four times as long to load. */
import type { Pool as PoolClass, ProxyAgent as ProxyAgentClass } from 'undici'
import connect from 'undici/lib/api/api-connect.js'
import dispatcher from 'undici/lib/dispatcher/dispatcher.js'
import pool from 'undici/lib/dispatcher/pool.js'
import proxyAgent from 'undici/lib/dispatcher/proxy-agent.js'

// The whole of it gives every dispatcher its methods; a tunnel through a proxy is made with this one.
dispatcher.prototype.connect = connect

export const Pool: typeof PoolClass = pool
export const ProxyAgent: typeof ProxyAgentClass = proxyAgent
