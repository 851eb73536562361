import type { PlaygroundEvent } from '../../shared/playground.ts'
import type { Script } from '../renderer/scripted-console.ts'
import { expect, test } from './scripted.ts'
import type { Page } from '@playwright/test'

const EXCHANGE: PlaygroundEvent = { type: 'exchange', id: 'ex_00001', instance: 'foundry', deployment: 'gpt' }

async function ask(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Playground' }).click()
  await page.getByRole('textbox', { name: 'Message' }).fill('Go on')
  await page.keyboard.press('Enter')
}

/** About ten thousand tokens of prose, lists, tables and code. */
function longAnswer(): string {
  const section = (index: number): string =>
    [
      `## Part ${index}`,
      `A paragraph with **bold**, \`code\` and [a link](https://example.com/${index}). `.repeat(4),
      '- one\n- two\n  - deeper\n- three',
      '| a | b |\n| - | - |\n| 1 | 2 |',
      `\`\`\`ts\nexport const part${index} = (a: number): number => a + ${index}\n\`\`\``,
    ].join('\n\n')
  return Array.from({ length: 75 }, (_, index) => section(index)).join('\n\n')
}

test('an answer of ten thousand tokens grows at its end alone: what stands is not set again', async ({
  page,
  start,
}) => {
  test.slow()
  const pieces = longAnswer().match(/[\s\S]{1,4}/g) ?? []
  expect(pieces.length).toBeGreaterThan(7_000)
  const answer: PlaygroundEvent[] = [
    EXCHANGE,
    ...pieces.map((text) => ({ type: 'delta' as const, kind: 'text' as const, text })),
    { type: 'end', finish: 'stop', usage: { output: 10_000 }, ttftMs: 1, durationMs: 2, losses: [] },
  ]
  await start({ answer })
  await ask(page)
  const first = page.getByRole('heading', { name: 'Part 0' })
  await first.waitFor()
  await first.evaluate((element) => element.setAttribute('data-seen', 'yes'))
  await expect(page.getByRole('log')).toContainText(/out 10,000/, { timeout: 60_000 })
  await expect(page.getByRole('heading', { name: 'Part 74' })).toBeAttached()
  await expect(first).toHaveAttribute('data-seen', 'yes')
  // Nothing is announced token by token.
  await expect(page.getByRole('log')).toHaveAttribute('aria-live', 'off')
})

test('a 429 counts down until the upstream opens again', async ({ page, start }) => {
  const failure = { code: 'upstream_rate_limited', message: '429 from every instance.', fix: 'Own quota used.' }
  await start({ answer: [EXCHANGE, { type: 'error', failure, retryAfterMs: 38_000 }] })
  await ask(page)
  await expect(page.getByRole('log')).toContainText(/opens again in 3[678] s/)
  await expect(page.getByRole('button', { name: 'Try again' })).toBeEnabled()
})

const HOSTILE: [what: string, markdown: string][] = [
  ['a script address', '[click](javascript:document.title=1) <javascript:document.title=1>'],
  ['a data address', '[click](data:text/html,<script>document.title=1</script>)'],
  ['HTML', '<b onclick="document.title=1">x</b><img src=x onerror="document.title=1"><svg/onload=document.title=1>'],
  ['a picture of elsewhere', '![x](https://tracker.example/p.png) ![y][1]\n\n[1]: https://tracker.example/q.png'],
  ['an address of this page', '[click](#/settings) [click](/console/app/info) [click](//tracker.example)'],
  ['code that names a class', '```js" onmouseover="document.title=1\nx\n```'],
]

for (const [what, markdown] of HOSTILE) {
  test(`${what} in an answer does nothing, while it streams and after`, async ({ page, start }) => {
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).hostname))
    const script: Script = {
      answer: [
        EXCHANGE,
        ...Array.from(`${markdown}\n\nThe end`, (text) => ({ type: 'delta' as const, kind: 'text' as const, text })),
        { type: 'end', finish: 'stop', ttftMs: 1, durationMs: 2, losses: [] },
      ],
    }
    await start(script)
    await ask(page)
    await expect(page.getByRole('log')).toContainText('The end')
    const answer = page.getByRole('article').last()
    await expect(
      answer.locator('.txt img, .txt svg:not(.i), .txt script, .txt [onclick], .txt [onmouseover]'),
    ).toHaveCount(0)
    for (const link of await answer.locator('.txt a').all()) {
      await expect(link).toHaveAttribute('href', /^https?:\/\//)
      await expect(link).toHaveAttribute('rel', /noopener/)
    }
    await expect(page).toHaveTitle('Lazuli · Playground')
    expect(new Set(asked)).toEqual(new Set(['127.0.0.1']))
  })
}
