/** The parts of undici that calls go through. All of it (fetch, WebSocket, caches, mocks) takes four times as long to load. */
import type { Pool as PoolClass, ProxyAgent as ProxyAgentClass } from 'undici'
import pool from 'undici/lib/dispatcher/pool.js'
import proxyAgent from 'undici/lib/dispatcher/proxy-agent.js'

export const Pool: typeof PoolClass = pool
export const ProxyAgent: typeof ProxyAgentClass = proxyAgent
