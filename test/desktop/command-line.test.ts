import { expect, test } from 'vitest'
import { readCommandLine } from '../../electron/desktop/command-line.ts'

test('our flags are found among those of Electron and Chromium', () => {
  const argv = ['/opt/Lazuli/lazuli', '--no-sandbox', '-r', 'probe.cjs', '/app', '--user-data-dir=/tmp/x']
  const ours = ['--port', '8080', '--data-dir=/srv/lazuli', '--ozone-platform=wayland', '--log-level', 'debug']
  expect(readCommandLine([...argv, ...ours])).toEqual({ port: '8080', 'data-dir': '/srv/lazuli', 'log-level': 'debug' })
})

test('a flag without its value is none', () => {
  expect(readCommandLine(['lazuli', '--token'])).toEqual({})
})
