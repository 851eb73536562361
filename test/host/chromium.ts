import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { CdpConnection } from './cdp.ts'

export interface Chromium {
  /** Address of its DevTools socket. */
  url: string
  cdp: CdpConnection
  close(): Promise<void>
}

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-startup-window',
  '--password-store=basic',
  '--use-mock-keychain',
  '--force-color-profile=srgb',
  '--hide-scrollbars',
  '--mute-audio',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--disable-search-engine-choice-screen',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--disable-background-timer-throttling',
  '--disable-features=HttpsUpgrades,MediaRouter,OptimizationHints,Translate,LocalNetworkAccessChecks',
  // With the pipe open Chromium ends when this process does, even if it is killed.
  '--remote-debugging-pipe',
  '--remote-debugging-port=0',
]

/** How long Chromium may take to end by itself. */
const CLOSE_MS = 2000

/** Starts a headless Chromium with a profile of its own; `switches` are those of the app's command line. */
export async function launchChromium(switches: ReadonlyMap<string, string>): Promise<Chromium> {
  const profile = mkdtempSync(join(tmpdir(), 'electron-host-profile-'))
  const child = spawn(executable(), [...FLAGS, `--user-data-dir=${profile}`, ...passedOn(switches)], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  })
  const removeProfile = (): void => rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  const onExit = (): void => {
    child.kill('SIGKILL')
    removeProfile()
  }
  process.on('exit', onExit)
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
  })
  const url = await new Promise<string>((resolve, reject) => {
    const lines: string[] = []
    createInterface({ input: child.stderr as Readable }).on('line', (line) => {
      lines.push(line)
      const [, found] = /^DevTools listening on (ws:\/\/.*)$/.exec(line) ?? []
      if (found !== undefined) resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`Chromium ended (${code})\n${lines.slice(-10).join('\n')}`)))
    child.once('error', reject)
  })
  const cdp = await CdpConnection.open(url)
  return {
    url,
    cdp,
    async close() {
      cdp.browser.send('Browser.close').catch(() => undefined)
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_MS)
      })
      await Promise.race([gone, late])
      clearTimeout(timer)
      child.kill('SIGKILL')
      removeProfile()
      process.off('exit', onExit)
    },
  }
}

function executable(): string {
  const found = [
    process.env['CHROMIUM_PATH'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find((path) => path !== undefined && existsSync(path))
  if (found === undefined) throw new Error('test host: no Chromium found; install it or set CHROMIUM_PATH')
  return found
}

/** Switches that mean the same to Electron and to Chromium. */
function passedOn(switches: ReadonlyMap<string, string>): string[] {
  return ['lang', 'force-device-scale-factor', 'proxy-server', 'host-resolver-rules'].flatMap((name) => {
    const value = switches.get(name)
    return value === undefined ? [] : [`--${name}=${value}`]
  })
}
