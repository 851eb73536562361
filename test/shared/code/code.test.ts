import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asCurl } from '../../../shared/code/as-curl.ts'
import { asPython } from '../../../shared/code/as-python.ts'
import { asTypeScript } from '../../../shared/code/as-typescript.ts'
import type { CodeCall } from '../../../shared/code/call.ts'
import { pythonLiteral, typescriptLiteral } from '../../../shared/code/literals.ts'
import { startProxy, type TestProxy } from '../../proxy/harness.ts'
import { startUpstream, type ScriptedUpstream, json } from '../../proxy/scripted-upstream.ts'
import { startFastSimulator } from '../../proxy/simulator/simulator-for-tests.ts'

const run = promisify(execFile)
const TOKEN = 'lz-code-0123456789'
/** Everything that a shell, a template or a literal could trip over. */
const NASTY = `it's "quoted" \\ $HOME \`id\` \${x} %s {{y}}\n'''\n"""\n\tEOF\nJSON\n</script> \u2028 é 💎 \u0000 end`

let simulator: Awaited<ReturnType<typeof startFastSimulator>>
let echo: ScriptedUpstream
let proxy: TestProxy
let sink: TestProxy
let folder: string

beforeAll(async () => {
  simulator = await startFastSimulator()
  proxy = await startProxy({
    token: TOKEN,
    instances: [{ base: simulator.origin, key: simulator.key }],
  })
  echo = await startUpstream(json({ id: 'x', object: 'chat.completion', choices: [], model: 'gpt-4.1' }))
  sink = await startProxy({ instances: [{ base: echo.origin }] })
  folder = mkdtempSync(join(tmpdir(), 'code-'))
  symlinkSync(join(import.meta.dirname, '../../../node_modules'), join(folder, 'node_modules'))
})
afterAll(async () => {
  await Promise.all([proxy.close(), sink.close(), simulator.close(), echo.close()])
  rmSync(folder, { recursive: true, force: true })
})

const call = (dialect: CodeCall['dialect'], body: CodeCall['body'], auth: CodeCall['auth'] = 'token'): CodeCall => ({
  baseUrl: proxy.origin,
  dialect,
  body,
  auth,
})
const env = { PATH: process.env['PATH'] ?? '', LAZULI_KEY: TOKEN }

const BODIES: [CodeCall['dialect'], CodeCall['body']][] = [
  ['chat', { model: 'gpt-4.1-mini', messages: [{ role: 'user', content: NASTY }], stream: true }],
  ['responses', { model: 'gpt-5.1', input: [{ role: 'user', content: NASTY }], stream: true }],
  [
    'messages',
    { model: 'claude-sonnet-4-5', max_tokens: 512, messages: [{ role: 'user', content: NASTY }], stream: true },
  ],
]

describe.each(BODIES)('a request to %s', (dialect, body) => {
  test.each([true, false])('runs as cURL in a shell, stream: %s', async (stream) => {
    const { stdout } = await run('sh', ['-c', asCurl(call(dialect, { ...body, stream }))], { env })
    if (stream) expect(stdout).toMatch(/\[DONE\]|response\.completed|message_stop/)
    else expect(JSON.stringify(JSON.parse(stdout))).toMatch(/simulator.*💎/s)
  })

  test.each([true, false])('runs as a program of the vendor’s SDK, stream: %s', async (stream) => {
    const file = join(folder, `${dialect}-${stream}.ts`)
    writeFileSync(file, asTypeScript(call(dialect, { ...body, stream })))
    const { stdout } = await run(process.execPath, ['--no-warnings', file], { env, cwd: folder })
    expect(stdout).toMatch(/simulator/)
    expect(stdout).toContain('💎')
  })

  test('is Python that compiles', () => {
    const file = join(folder, `${dialect}.py`)
    writeFileSync(file, asPython(call(dialect, { ...body, not_known: { deep: [true, null] } })))
    const { status, stderr } = spawnSync('python3', ['-m', 'py_compile', file], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })
})

describe('nothing is lost on the way', () => {
  test('the body that a shell sends is the body that was meant, however long', async () => {
    for (const content of [NASTY.replace('\u0000', ''), `'${'x'.repeat(300_000)}'`]) {
      const body = { model: 'gpt-4.1', messages: [{ role: 'user', content }], n: 1.5, deep: { list: [null, true] } }
      const before = echo.received.length
      writeFileSync(join(folder, 'call.sh'), asCurl({ baseUrl: sink.origin, dialect: 'chat', body, auth: 'open' }))
      await run('sh', [join(folder, 'call.sh')])
      expect(JSON.parse(String((await echo.request(before)).body))).toEqual(body)
    }
  })

  test('a literal of TypeScript is the value, keys that are words of their own included', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval -- the literal is what is tested
        const read: unknown = new Function(`return ${typescriptLiteral({ value })}`)()
        expect(read).toEqual({ value: JSON.parse(JSON.stringify(value)) })
      }),
    )
    // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval -- the literal is what is tested
    const odd = new Function(`return ${typescriptLiteral(JSON.parse('{"__proto__": {"a": 1}, "a-b": 2}'))}`)() as object
    expect(Object.keys(odd)).toEqual(['__proto__', 'a-b'])
  })

  test('a literal of Python is the value', () => {
    const values = [NASTY, { a: [1, 2.5, -3e21], b: true, c: null, 'd"e': false, f: {}, g: [] }, ['\ud83d', '\b\f\r']]
    const source = `import json,sys\nsys.stdout.write(json.dumps([${values.map((value) => pythonLiteral(value)).join(',')}]))`
    const { stdout, stderr } = spawnSync('python3', ['-c', source.replaceAll('\u0000', '')], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual(values)
  })

  test('parameters that Python’s SDK does not know go into extra_body', () => {
    const text = asPython(
      call('messages', { model: 'm', max_tokens: 1, messages: [], output_config: { effort: 'low' } }),
    )
    expect(text).toContain('extra_body={"output_config": {"effort": "low"}}')
  })

  test('no key is in any code; without a token there is a stand-in', () => {
    for (const [dialect, body] of BODIES) {
      const kinds = [asCurl(call(dialect, body)), asTypeScript(call(dialect, body)), asPython(call(dialect, body))]
      for (const text of kinds) expect(text).toContain('LAZULI_KEY')
      expect(asCurl(call(dialect, body, 'open'))).not.toContain('LAZULI_KEY')
      expect(asTypeScript(call(dialect, body, 'open'))).toContain(`'not-needed'`)
    }
  })
})
