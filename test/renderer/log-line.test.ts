import { expect, test } from 'vitest'
import { shownLogLine } from '../../renderer/pages/settings/log-line.ts'

test('a line of the log is a time, a level, a sentence and what belongs to it', () => {
  const line = {
    level: 40,
    time: new Date(2026, 10, 21, 11, 42, 7, 318).getTime(),
    pid: 3,
    hostname: 'kim',
    msg: 'Slow',
    instance: 'east',
  }
  expect(shownLogLine(JSON.stringify(line))).toBe('11:42:07.318 warn  Slow instance="east"')
})

test.each(['no json', '[1,2]', 'null', '{"a":1}'])('what is no such line stays as it is: %s', (line) => {
  expect(shownLogLine(line)).toBe(line)
})
