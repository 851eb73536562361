/** R38: what is secret goes where it must and nowhere else, whatever fails. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { ContractRouterClient } from '@orpc/contract'
import { expect, test } from 'vitest'
import type { Contract } from '../../shared/contract.ts'
import { answerWhole, ask, json, program } from './program.ts'

const secrets = {
  upstream: 'canary-upstream-4c1d9b7e',
  local: 'canary-local-5e2f8a6d',
  admin: 'canary-admin-9a3b7c1f',
  caller: 'canary-caller-1b6e2d8c',
  cookie: 'canary-cookie-7f4a5e9b',
  webhook: 'canary-webhook-3d8c6b2a',
  proxy: 'canary-proxy-8e1f4c7d',
}

/** As it is, and as programs write it. */
const forms = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  ...[secret, `:${secret}`, `user:${secret}`, `Bearer ${secret}`].map((text) =>
    Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1),
  ),
]

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => statSync(name).isFile())
}

test(
  'R38: no secret is in a file, in the log, in an answer, in the window’s data or in the arguments',
  { timeout: 60_000 },
  async () => {
    const answers: string[] = []
    const seen: string[] = []
    let round = 0
    const run = await program(
      (incoming, response) => {
        const { headers } = incoming
        incoming.resume()
        // An upstream that tells whom it was asked by, in every kind of answer.
        const echo = JSON.stringify({
          error: { message: `Wrong key ${headers.authorization} ${String(headers['api-key'])}`, code: 'x' },
        })
        switch (round++ % 5) {
          case 0:
            return void response.writeHead(401, json).end(echo)
          case 1:
            return void response
              .writeHead(500, { 'content-type': 'text/html', 'x-echo': String(headers.authorization) })
              .end(`<h1>${headers.authorization}</h1>`)
          case 2:
            return void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${echo}\n\n`)
          case 3:
            return void incoming.socket.destroy()
          default:
            return answerWhole(response, 'You are welcome')
        }
      },
      {
        instance: { api_key: '${UPSTREAM_KEY}' },
        config: {
          server: { token: '${LOCAL_TOKEN}', admin_token: '${ADMIN_TOKEN}' },
          alerts: { webhook: 'http://127.0.0.1:9/hook?key=${WEBHOOK_KEY}' },
          logging: { level: 'debug', file: 'lazuli.log' },
          routing: { retries: 0 },
        },
        serveEnv: {
          UPSTREAM_KEY: secrets.upstream,
          LOCAL_TOKEN: secrets.local,
          ADMIN_TOKEN: secrets.admin,
          WEBHOOK_KEY: secrets.webhook,
          HTTPS_PROXY: `http://user:${secrets.proxy}@127.0.0.1:9`,
        },
      },
    )
    const call = async (path: string, init: RequestInit = {}): Promise<void> => {
      const headers = {
        ...json,
        authorization: `Bearer ${secrets.local}`,
        cookie: `session=${secrets.cookie}`,
        ...(init.headers as Record<string, string> | undefined),
      }
      const answer = await fetch(run.server.url + path, { method: 'POST', ...init, headers })
      answers.push(JSON.stringify([...answer.headers]), await answer.text().catch(() => ''))
    }
    for (const path of ['/v1/chat/completions', '/v1/messages', '/v1/responses']) {
      const body = path.endsWith('responses')
        ? JSON.stringify({ model: 'gpt-4o', input: 'Hi' })
        : JSON.stringify({ model: 'gpt-4o', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] })
      for (let count = 0; count < 5; count++) await call(path, { body })
      await call(path, { body, headers: { authorization: `Bearer ${secrets.caller}` } })
      await call(path, { body: `{"broken": "body"`, headers: { 'x-api-key': secrets.local } })
    }
    await call('/v1/chat/completions', { body: ask(true) })
    await call(`/v1/models?api-key=${secrets.caller}`, { method: 'GET' })
    await call('/config', { method: 'GET', headers: { authorization: `Bearer ${secrets.admin}` } })
    await call('/config', { method: 'GET', headers: { authorization: `Bearer ${secrets.caller}` } })
    for (const path of [
      '/stats',
      '/stats/instances',
      '/stats/health',
      '/stats/status',
      '/metrics',
      '/v1/models',
      '/health',
    ])
      await call(path, { method: 'GET' })
    // A head that is no HTTP, with a key in it.
    await new Promise<void>((resolve) => {
      const socket = connect(run.port, '127.0.0.1', () =>
        socket.end(`GET / HTTP/1.1\r\nauthorization ${secrets.caller}\r\n\r\n`),
      )
      socket.on('data', (part) => answers.push(String(part))).once('close', () => resolve())
    })

    // What the window can see: signed in by the link that the program prints.
    const link = /http:\/\/\S*\/login\S*|http:\/\/\S+\?\S+/.exec(run.server.output())?.[0]
    expect(link, run.server.output()).toBeDefined()
    const signedIn = await fetch(link ?? '', { redirect: 'manual' })
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const inspector: ContractRouterClient<Contract> = createORPCClient(
      new RPCLink({ url: `${run.server.url}/console`, headers: { cookie } }),
    )
    const { rows } = await inspector.traffic.list({ limit: 100 })
    expect(rows.length).toBeGreaterThan(15)
    seen.push(JSON.stringify(rows))
    for (const { id } of rows) {
      seen.push(JSON.stringify(await inspector.traffic.get({ id })))
      for (const lane of ['upstream', 'client'] as const)
        seen.push(JSON.stringify(await inspector.traffic.events({ id, lane, from: 0, limit: 1000 })))
    }
    seen.push(
      JSON.stringify([await inspector.instances.list(), await inspector.settings.get(), await inspector.rules.list()]),
    )

    const places: [string, string][] = [
      ['an answer', answers.join('\n')],
      ['what the window is shown', seen.join('\n')],
      ['the log', run.server.output()],
      ['the arguments', readFileSync(`/proc/${run.server.pid}/cmdline`, 'latin1')],
      ...filesUnder(run.folder).map((file): [string, string] => [file, readFileSync(file, 'latin1')]),
    ]
    expect(places.some(([place]) => place.endsWith('lazuli.log'))).toBe(true)
    expect(places.some(([place]) => place.endsWith('journal.db') || place.endsWith('journal.db-wal'))).toBe(true)
    const told = Object.entries(secrets).flatMap(([name, secret]) =>
      places.flatMap(([place, text]) =>
        forms(secret).some((form) => text.includes(form)) ? [`${name} in ${place}`] : [],
      ),
    )
    expect(told).toEqual([])
  },
)
