import { describe, expect, test } from 'vitest'
import { amountOf } from '../../renderer/pages/settings/amount-field.tsx'
import { limitsDraft, limitsOf } from '../../renderer/pages/settings/limit-fields.tsx'
import { spendingCsv } from '../../renderer/pages/settings/spending-csv.ts'
import { daysUpTo, nameOf } from '../../renderer/pages/settings/spending-days.ts'
import { dollars } from '../../renderer/ui/format.ts'
import type { Sums } from '../../shared/spending.ts'

const sums: Sums = {
  requests: 2,
  failures: 1,
  input: 1000,
  cached: 10,
  cacheWrite: 0,
  output: 50,
  reasoning: 5,
  cost: 0.125,
  unpriced: 0,
  last: 0,
}

describe('the last days', () => {
  test('go over the end of a month, of a year and over changes of clocks', () => {
    expect(daysUpTo('2026-03-02', 4)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02'])
    expect(daysUpTo('2027-01-01', 2)).toEqual(['2026-12-31', '2027-01-01'])
    expect(daysUpTo('2026-10-26', 3)).toEqual(['2026-10-24', '2026-10-25', '2026-10-26'])
    expect(new Set(daysUpTo('2026-11-21', 30)).size).toBe(30)
  })
})

describe('the file of sums', () => {
  test('has a head and a line for each row, quoted where it must be', () => {
    const names = {
      day: '2026-11-21',
      instance: 'a "b"',
      deployment: 'x,y',
      model: 'gpt',
      client: 'two\nlines',
      key: '',
    }
    expect(spendingCsv([{ ...names, sums }]).split('\r\n')).toEqual([
      'day,instance,deployment,model,client,key,requests,failures,input_tokens,cached_tokens,cache_write_tokens,output_tokens,reasoning_tokens,cost_usd,unpriced_requests',
      '2026-11-21,"a ""b""","x,y",gpt,"two\nlines",,2,1,1000,10,0,50,5,0.125,0',
      '',
    ])
  })

  test.each(['=HYPERLINK("http://evil.test")', '+1', '-1', '@x', '\tx'])('begins no formula with %j', (model) => {
    const [, line] = spendingCsv([{ day: '2026-11-21', model, sums }]).split('\r\n')
    expect(line?.split(',')[3]).toMatch(/^"?'/)
  })
})

describe('what is written into the fields', () => {
  test.each([
    ['', undefined],
    [' 2.50 ', 2.5],
    ['2,5', 2.5],
    ['0', 'invalid'],
    ['-1', 'invalid'],
    ['lots', 'invalid'],
    ['Infinity', 'invalid'],
  ])('%j is the amount %s', (text, amount) => {
    expect(amountOf(text, 'positive')).toBe(amount)
  })

  test('a price may be nothing', () => {
    expect(amountOf('0', 'zero')).toBe(0)
  })

  test('limits are read, or the field that is wrong is named', () => {
    const draft = limitsDraft({ daily: 5, on_exceed: 'block' }, 'warn')
    expect(draft).toEqual({ daily: '5', monthly: '', onExceed: 'block' })
    expect(limitsOf(draft)).toEqual({ daily: 5, on_exceed: 'block' })
    expect(limitsOf({ ...draft, monthly: 'x' })).toEqual({ wrong: 'monthly' })
    expect(limitsDraft({}, 'warn').onExceed).toBe('warn')
  })
})

describe('words', () => {
  test('name what has no name', () => {
    expect(nameOf({ key: '', sums }, 'Key')).toBe('without a named key')
    expect(nameOf({ instance: '', deployment: '', sums }, 'Deployment')).toBe('none reached')
    expect(nameOf({ instance: 'west', deployment: 'gpt', sums }, 'Deployment')).toBe('west/gpt')
    expect(nameOf({ model: '', sums }, 'Model')).toBe('none named')
  })

  test('tell an amount in cents, and less than one of them as something', () => {
    expect([dollars(0), dollars(0.004), dollars(4.816), dollars(1234.5)]).toEqual([
      '$0.00',
      '<$0.01',
      '$4.82',
      '$1,234.50',
    ])
  })
})
