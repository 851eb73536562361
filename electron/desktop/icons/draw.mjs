/**
 * Draws the PNGs beside this file from the SVGs: `node electron/desktop/icons/draw.mjs`. They are committed, because
 * packaging must not need a browser; run this after changing a drawing.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { chromium } from '@playwright/test'

/** Names as Electron and electron-builder look them up: `@2x` for dense screens, `Template` for macOS's menu bar. */
const DRAWINGS = [
  { from: 'icon.svg', to: 'icon.png', size: 1024 },
  { from: 'icon.svg', to: 'icon-256.png', size: 256 },
  { from: 'tray.svg', to: 'tray.png', size: 16 },
  { from: 'tray.svg', to: 'tray@2x.png', size: 32 },
  { from: 'tray-template.svg', to: 'trayTemplate.png', size: 16 },
  { from: 'tray-template.svg', to: 'trayTemplate@2x.png', size: 32 },
]

const here = (name) => new URL(name, import.meta.url)
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  chromiumSandbox: false,
  args: ['--disable-gpu', '--force-color-profile=srgb'],
})
for (const { from, to, size } of DRAWINGS) {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  const svg = await readFile(here(from), 'utf8')
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`)
  await writeFile(here(to), await page.screenshot({ omitBackground: true }))
  await page.close()
}
await browser.close()
