import { expect, test } from 'vitest'
import { findCommands, type Command } from '../../../renderer/shell/palette/command.ts'
import { fuzzy } from '../../../renderer/shell/palette/fuzzy.ts'

const command = (title: string, group: Command['group'] = 'Actions', words?: string): Command => ({
  id: title,
  group,
  icon: 'play',
  title,
  ...(words === undefined ? {} : { words }),
  run: () => undefined,
})
const titles = (commands: Command[], typed: string): string[] =>
  findCommands(commands, typed).map(({ command: { title } }) => title)

test('letters fit in their order, wherever they stand, and case does not matter', () => {
  expect(fuzzy('CLTR', 'Clear recorded traffic')).toBeDefined()
  expect(fuzzy('rtlc', 'Clear traffic')).toBeUndefined()
  expect(fuzzy('', 'anything')).toEqual({ score: 0, hits: [] })
})

test('what was typed is marked where it stands', () => {
  expect(fuzzy('rep', 'Copy report')?.hits).toEqual([5, 6, 7])
  expect(fuzzy('cu', 'Copy base URL')?.hits).toEqual([0, 10])
})

test('the begin of a word counts more than letters in its midst', () => {
  const commands = [command('Keyboard shortcuts'), command('Settings: Local keys'), command('Theme: dark')]
  expect(titles(commands, 'local')[0]).toBe('Settings: Local keys')
  expect(titles([command('Overthrow'), command('New chat'), command('Theme: light')], 'th')[0]).toBe('Theme: light')
})

test('hidden words find a command, after those that say it', () => {
  const commands = [command('Settings: Server', 'Settings', 'port address'), command('Port of call')]
  expect(titles(commands, 'port')).toEqual(['Port of call', 'Settings: Server'])
})

test('the group with the best fit is first, and no group takes all the room', () => {
  const models = Array.from({ length: 30 }, (_, at) => command(`Chat with gpt-${at}`, 'Models'))
  const found = titles([command('Traffic', 'Go to'), ...models, command('Graph paper')], 'gp')
  expect(found).toHaveLength(7)
  expect(titles([command('Models', 'Go to'), ...models], 'chat with')[0]).toMatch(/^Chat with/)
})

test('with nothing typed everything stands in its order', () => {
  expect(titles([command('B'), command('A', 'Go to'), command('C')], ' ')).toEqual(['B', 'C', 'A'])
})
