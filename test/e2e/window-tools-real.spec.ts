/** The real Claude Code and Codex, set up by the page and verified against the simulator. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, openTool, test } from './tools-bench.ts'

test.use({ real: true })

const TOOLS = [
  {
    name: 'Claude Code',
    path: '.claude/settings.json',
    before: '{\n  "theme": "dark"\n}\n',
    model: 'claude-sonnet-4-5',
  },
  { name: 'Codex CLI', path: '.codex/config.toml', before: '# mine\napproval_policy = "never"\n', model: 'gpt-5.1' },
]

for (const { name, path, before, model } of TOOLS) {
  test(`${name} is connected by a click, asks its question through Lazuli, and is let go again`, async ({
    page,
    bench,
  }) => {
    test.setTimeout(180_000)
    const file = bench.put(path, before)
    await page.reload()
    const detail = await openTool(page, name)
    await detail.getByRole('button', { name: 'Apply' }).click()
    await expect(detail.getByText(/was written/)).toBeVisible()
    expect(readFileSync(file, 'utf8')).toContain(model)

    await detail.getByRole('button', { name: 'Run it for me' }).click()
    const steps = detail.getByRole('list', { name: 'Steps of the check' })
    await expect(steps).toContainText(`${name} was started`)
    await expect(detail.getByRole('status').filter({ hasText: `${name} is verified` })).toBeAttached({
      timeout: 120_000,
    })
    await expect(steps).toContainText(`sent to ${model}`)
    await expect(steps).toContainText('A streamed answer, whole to its end')
    await expect(steps.getByRole('listitem').filter({ hasText: /^(Failed|Waiting|Then)/ })).toHaveCount(0)
    await expect(
      page.getByRole('navigation', { name: 'Local tools' }).getByRole('link', { name: new RegExp(name) }),
    ).toContainText('verified')

    await detail.getByRole('link', { name: 'Show in Traffic' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Traffic' })).toBeVisible()
    await openTool(page, name)
    await detail.getByRole('button', { name: 'Undo change' }).click()
    await expect(detail.getByText(/is as it was before|own settings were taken out/)).toBeVisible()
    const after = readFileSync(join(bench.home, path), 'utf8')
    expect(after).not.toContain('127.0.0.1')
    expect(after).toContain(before.split('\n').find((line) => line.includes('theme') || line.includes('approval'))!)
  })
}
