/** What servers of Chat Completions answer beyond plain text: one body per feature. */
import {
  WORDS,
  LONG,
  FILTERS,
  chatUsage,
  chunk,
  chatEnd,
  usageChunk,
  chatStream,
  completion,
  toolCall,
  moreArguments,
} from './answer-bodies.ts'
import type { Fields, Case } from './answer-bodies.ts'

const NULL_DETAILS = { ...chatUsage, prompt_tokens_details: null, completion_tokens_details: null }
const say = (content: unknown): Fields => chunk({ content })
const PROMPT_FILTER: Fields = {
  id: '',
  object: '',
  created: 0,
  model: '',
  choices: [],
  prompt_filter_results: [{ prompt_index: 0, content_filter_results: FILTERS }],
}

export const chatCases: readonly Case[] = [
  ['unicode', chatStream(say(WORDS), chatEnd('stop'), usageChunk)],
  ['a surrogate pair cut apart', chatStream(say('a\ud83d'), say('\ude42b'), chatEnd('stop'), usageChunk)],
  ['the same whole', completion({ content: WORDS, refusal: null })],
  [
    'parallel calls, interleaved',
    chatStream(
      chunk({ role: 'assistant', content: null, tool_calls: [toolCall(0, 'call_a', 'read', '')] }),
      chunk({ tool_calls: [toolCall(1, 'call_b', 'write', '')] }),
      chunk(moreArguments(0, '{"p":')),
      chunk(moreArguments(1, '{"q":"')),
      chunk(moreArguments(0, '1}')),
      chunk(moreArguments(1, '🙂"}')),
      chatEnd('tool_calls'),
      usageChunk,
    ),
  ],
  [
    'a call without arguments',
    chatStream(chunk({ tool_calls: [toolCall(0, 'call_a', 'read', '')] }), chatEnd('tool_calls')),
  ],
  ['a call with null arguments', completion({ content: null, tool_calls: [toolCall(0, 'call_a', 'read', null)] })],
  ['arguments as an object', completion({ content: null, tool_calls: [toolCall(0, 'call_a', 'read', { p: 1 })] })],
  [
    'text, a call, text',
    chatStream(
      say('Before. '),
      chunk({ tool_calls: [toolCall(0, 'call_a', 'read', '{"p":1}')] }),
      say('After.'),
      chatEnd('tool_calls'),
    ),
  ],
  [
    'very long arguments',
    chatStream(
      chunk({ tool_calls: [toolCall(0, 'call_a', 'read', '')] }),
      ...(LONG.match(/[\s\S]{1,999}/g) ?? []).map((piece) => chunk(moreArguments(0, piece))),
      chatEnd('tool_calls'),
    ),
  ],
  [
    'indices from 1, stop as reason',
    chatStream(chunk({ tool_calls: [toolCall(1, 'call_a', 'read', '{"p":1}')] }), chatEnd('stop'), usageChunk),
  ],
  [
    'the id again on every fragment',
    chatStream(
      chunk({ tool_calls: [toolCall(0, 'call_a', 'read', '{"p"')] }),
      chunk({ tool_calls: [{ index: 0, id: 'call_a', type: 'function', function: { arguments: ':1}' } }] }),
      chatEnd('tool_calls'),
    ),
  ],
  [
    'null id, name and type on later fragments',
    chatStream(
      chunk({ role: null, content: null, tool_calls: [toolCall(0, 'call_a', 'read', '{"p"')] }),
      chunk({ tool_calls: [{ index: 0, id: null, type: null, function: { name: null, arguments: ':1}' } }] }),
      chatEnd('tool_calls'),
    ),
  ],
  [
    'the older function_call',
    chatStream(
      chunk({ function_call: { name: 'read', arguments: '' } }),
      chunk({ function_call: { arguments: '{"p":1}' } }),
      chatEnd('function_call'),
    ),
  ],
  [
    'the older function_call, whole',
    completion(
      { content: null, function_call: { name: 'read', arguments: '{"p":1}' } },
      { finish_reason: 'function_call' },
    ),
  ],
  [
    'an answer cut in its arguments',
    chatStream(chunk({ tool_calls: [toolCall(0, 'call_a', 'read', '{"p":"abc')] }), chatEnd('length')),
    { calls: 'cut' },
  ],
  [
    'a refusal',
    chatStream(chunk({ refusal: "I can't " }), chunk({ refusal: 'do that.' }), chatEnd('stop'), usageChunk),
  ],
  ['a refusal, whole', completion({ content: null, refusal: "I can't." })],
  [
    'a filtered answer with partial text',
    chatStream(
      PROMPT_FILTER,
      say('It began'),
      chunk({}, { content_filter_results: FILTERS, finish_reason: 'content_filter' }),
    ),
  ],
  ['an answer that was too long', completion({ content: 'It is' }, { finish_reason: 'length' })],
  [
    'logprobs',
    completion(
      { content: 'Hi' },
      { logprobs: { content: [{ token: 'Hi', logprob: -0.1, bytes: [72, 105], top_logprobs: [] }], refusal: null } },
    ),
  ],
  ['empty content', chatStream(say(''), chatEnd('stop'), usageChunk)],
  ['content: null', completion({ content: null })],
  ['no choices', { ...completion({}), choices: [] }],
  [
    'content as a list',
    completion({
      content: [
        { type: 'text', text: 'One. ' },
        { type: 'text', text: 'Two.' },
      ],
    }),
  ],
  [
    'thoughts inside of the content',
    chatStream(
      say([{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm, ' }] }]),
      say([{ type: 'thinking', thinking: [{ type: 'text', text: 'so.' }] }]),
      say([{ type: 'text', text: 'Answer.' }]),
      chatEnd('stop'),
    ),
  ],
  [
    'reasoning_content, a call and its usage in the choice',
    chatStream(
      chunk({ role: 'assistant', content: '', reasoning_content: 'Hm, ' }),
      chunk({ reasoning_content: 'so.', content: null }),
      chunk({ tool_calls: [toolCall(0, 'read:0', 'read', '{"p":1}')] }),
      chunk({}, { finish_reason: 'tool_calls', usage: chatUsage }),
    ),
  ],
  ['reasoning_content beside text, whole', completion({ content: 'Four.', reasoning_content: 'Two and two.' })],
  ['reasoning', completion({ content: 'Four.', reasoning: 'Two and two.' })],
  [
    'reasoning and its details',
    chatStream(
      chunk({
        content: '',
        reasoning: 'Two',
        reasoning_details: [{ type: 'reasoning.text', text: 'Two', index: 0, format: 'unknown' }],
      }),
      chunk({
        content: '',
        reasoning: ' and two.',
        reasoning_details: [{ type: 'reasoning.text', text: ' and two.', index: 0 }],
      }),
      say('Four.'),
      chatEnd('stop', { usage: chatUsage }),
    ),
  ],
  ['usage with null details', completion({ content: 'Hi' }, {}, { usage: NULL_DETAILS })],
  ['no usage at all', completion({ content: 'Hi' }, {}, { usage: null })],
  [
    'usage on every chunk',
    chatStream(
      chunk({ content: 'Hi' }, {}, { usage: { ...chatUsage, completion_tokens: 1 } }),
      chatEnd('stop', { usage: chatUsage }),
    ),
  ],
  [
    'the first chunk of a model router, and filters that come late',
    chatStream(
      PROMPT_FILTER,
      chunk({ role: 'assistant', content: '', refusal: null }),
      say('Hi'),
      chatEnd('stop'),
      {
        ...PROMPT_FILTER,
        choices: [
          {
            index: 0,
            finish_reason: null,
            content_filter_offsets: { check_offset: 1 },
            content_filter_results: FILTERS,
          },
        ],
      },
      usageChunk,
    ),
  ],
  ['comments and empty lines', chatStream(': OPENROUTER PROCESSING\n\n', say('Hi'), '\n\n', chatEnd('stop'))],
  [
    'unknown fields',
    chatStream(
      { ...say('Hi'), x_groq: { id: 'req' }, provider: 'X' },
      chunk({ content: '!', thing: [] }),
      chatEnd('stop'),
    ),
  ],
  ['no [DONE]', chatStream(say('Hi'), chatEnd('stop')).replace('data: [DONE]\n\n', '')],
  [
    'another choice beside the first',
    {
      ...completion({ content: 'One' }),
      choices: [
        ...(completion({ content: 'One' })['choices'] as Fields[]),
        { index: 1, message: { role: 'assistant', content: 'Two' }, finish_reason: 'stop' },
      ],
    },
  ],
  [
    'citations',
    completion({
      content: 'It is so.',
      annotations: [
        { type: 'url_citation', url_citation: { url: 'https://a.test', title: 'A', start_index: 0, end_index: 5 } },
      ],
    }),
  ],
  [
    'citations in a stream, after the text',
    chatStream(
      say('It is so.'),
      chunk({
        content: '',
        annotations: [
          { type: 'url_citation', url_citation: { url: 'https://a.test', title: 'A', start_index: 0, end_index: 5 } },
        ],
      }),
      chatEnd('stop'),
    ),
  ],
  [
    'a finish of the servers of open models',
    completion({ content: 'Hi' }, { finish_reason: 'model_length' }),
    { finish: 'length' },
  ],
]
