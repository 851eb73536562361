import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ProbeEvent } from '../../shared/model-facts.ts'
import { startConsole, type TestConsole } from './console-for-tests.ts'

let lazuli: TestConsole
let upstream: Server | undefined

beforeEach(async () => {
  lazuli = await startConsole()
})
afterEach(async () => {
  await lazuli.close()
  upstream?.closeAllConnections()
  await new Promise<void>((resolve) => (upstream === undefined ? resolve() : upstream.close(() => resolve())))
  upstream = undefined
})

async function probed(instance: string, deployment: string): Promise<ProbeEvent[]> {
  const events: ProbeEvent[] = []
  for await (const event of await lazuli.console.models.probe({ instance, deployment })) events.push(event)
  return events
}

const verdicts = (events: readonly ProbeEvent[]): Record<string, string> =>
  Object.fromEntries(
    events.flatMap((event): [string, string][] =>
      event.type === 'fact'
        ? [[event.fact.feature, event.fact.verdict]]
        : event.type === 'unsettled'
          ? [[event.feature, `unsettled: ${event.failure.message}`]]
          : [],
    ),
  )

/** An OpenAI-compatible server that answers as the test says. */
async function serve(answer: (body: Record<string, unknown>) => { status: number; body: unknown }): Promise<void> {
  upstream = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const told =
        request.method === 'GET'
          ? { status: 200, body: { data: [{ id: 'house-model' }] } }
          : answer(JSON.parse(Buffer.concat(pieces).toString()) as Record<string, unknown>)
      response.writeHead(told.status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(told.body))
    })
  })
  await new Promise<void>((resolve) => upstream!.listen(0, '127.0.0.1', resolve))
  await lazuli.console.instances.save({
    instance: {
      name: 'house',
      provider_type: 'generic',
      api_base: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`,
      api_version: 'v1',
      priority: 100,
      weight: 100,
      enabled: true,
      model_deployments: {},
      base_models: {},
      supported_models: ['gpt-4o'],
    },
    apiKey: 'key-of-the-house',
  })
}

describe('a probe', () => {
  test.each(['gpt-4.1-mini', 'o4-mini', 'claude-sonnet-4-5'])(
    'of %s on the simulator finds that what its family takes works',
    async (deployment) => {
      const events = await probed('simulator', deployment)
      const claude = deployment.startsWith('claude')
      expect(verdicts(events)).toEqual({
        stream: 'works',
        tools: 'works',
        schema: 'works',
        image: 'works',
        thinking: deployment === 'gpt-4.1-mini' ? 'unsupported' : 'works',
        count_tokens: claude ? 'works' : 'unsupported',
      })
      expect(events.filter(({ type }) => type === 'asking')).toHaveLength(6)
    },
  )

  test('keeps what it found out, and forms and explanations follow it', async () => {
    await serve((body) =>
      JSON.stringify(body['messages']).includes('image_url')
        ? { status: 400, body: { error: { message: 'This model takes no pictures.', code: 'invalid_value' } } }
        : {
            status: 200,
            body: { id: 'x', model: 'm', choices: [{ index: 0, message: { content: 'hm' }, finish_reason: 'stop' }] },
          },
    )
    const events = await probed('house', 'gpt-4o')
    expect(verdicts(events)).toMatchObject({ image: 'refused', tools: 'unsupported', schema: 'unsupported' })
    const [kept] = await lazuli.console.models.facts()
    expect(kept).toMatchObject({ instance: 'house', deployment: 'gpt-4o' })
    expect(kept?.facts.find(({ feature }) => feature === 'image')?.reason).toBe('This model takes no pictures.')

    const choice = (await lazuli.console.models.choices()).find(({ name }) => name === 'gpt-4o')
    expect(choice?.takes).toMatchObject({ images: false, tools: false })
    expect(choice?.takes.refused).toContainEqual({ what: 'images', reason: 'This model takes no pictures.' })

    const { answers } = await lazuli.console.models.explain({ model: 'gpt-4o' })
    const steps = answers.find(({ dialect }) => dialect === 'chat')?.decision.steps ?? []
    expect(steps.find(({ text }) => text.startsWith('Images: refused'))).toMatchObject({ verdict: 'warn' })
  })

  test('keeps nothing where the answer is about the key, not about the model', async () => {
    await serve(() => ({ status: 401, body: { error: { message: 'Wrong key.' } } }))
    const events = await probed('house', 'gpt-4o')
    expect(verdicts(events)['image']).toContain('unsettled')
    expect((await lazuli.console.models.facts())[0]?.facts.map(({ feature }) => feature)).toEqual(['count_tokens'])
  })

  test('asks once, however many retries are configured, and each request is an exchange', async () => {
    let calls = 0
    await serve(() => {
      calls++
      return { status: 500, body: { error: { message: 'Broken.' } } }
    })
    const events: ProbeEvent[] = []
    const stream = await lazuli.console.models.probe({ instance: 'house', deployment: 'gpt-4o', features: ['tools'] })
    for await (const event of stream) events.push(event)
    expect(calls).toBe(1)
    const exchange = events.find((event) => event.type === 'unsettled')?.exchange ?? ''
    await expect
      .poll(() => lazuli.console.traffic.get({ id: exchange }).then(({ summary }) => summary.state))
      .toBe('failed')
  })

  test('of an instance that is not there says so', async () => {
    await expect(probed('nobody', 'gpt-4o')).rejects.toThrow(/nobody/)
  })
})

describe('deployments', () => {
  test('are those that names lead to, with what a probe would use', async () => {
    const all = await lazuli.console.models.deployments()
    const gpt = all.find(({ deployment }) => deployment === 'gpt-5.1')
    expect(gpt).toMatchObject({ instance: 'simulator', names: ['gpt-5.1'], simulated: true, api: 'chat', facts: [] })
    expect(gpt?.probe.requests).toBe(5)
    expect(gpt?.probe.cost).toBeGreaterThan(0)
  })

  test('that a resource lists are told, and whether a name’s own is among them', async () => {
    await serve(() => ({ status: 200, body: {} }))
    const all = await lazuli.console.models.deployments()
    expect(all.map(({ deployment, listed, names }) => [deployment, listed, names])).toEqual([
      ['gpt-4o', false, ['gpt-4o']],
      ['house-model', true, []],
    ])
  })
})

describe('what is being written', () => {
  const draft = (apiBase: string): Parameters<TestConsole['console']['instances']['testDraft']>[0] => ({
    instance: {
      name: 'new',
      provider_type: 'generic',
      api_base: apiBase,
      api_version: 'v1',
      priority: 100,
      weight: 100,
      enabled: true,
      model_deployments: {},
      base_models: {},
    },
    apiKey: 'a-key',
  })

  test('is tested and asked for its deployments before it is saved', async () => {
    await serve(() => ({ status: 200, body: {} }))
    const base = `http://127.0.0.1:${(upstream!.address() as AddressInfo).port}/v1`
    await expect(lazuli.console.instances.testDraft(draft(base))).resolves.toMatchObject({ ok: true })
    await expect(lazuli.console.instances.discover(draft(base))).resolves.toEqual({
      listed: true,
      deployments: [{ id: 'house-model' }],
    })
    expect((await lazuli.console.instances.list()).map(({ instance }) => instance.name)).toEqual(['house'])
  })

  test('that does not answer says why, and what to do', async () => {
    const listing = await lazuli.console.instances.discover(draft('http://127.0.0.1:1/v1'))
    expect(listing).toMatchObject({ listed: false, fix: expect.stringContaining('Type the names') })
  })

  test('never takes a stored key to another host', async () => {
    await serve(() => ({ status: 200, body: {} }))
    const { apiKey: _key, ...kept } = { ...draft('http://127.0.0.1:1/v1'), previousName: 'house' }
    await expect(lazuli.console.instances.testDraft(kept)).rejects.toThrow(/another host/)
  })
})
