/** What Anthropic Messages answers beyond plain text: one body per feature. */
import { WORDS, LONG, messageUsage, messageBody, messageStream } from './answer-bodies.ts'
import type { Fields, Case } from './answer-bodies.ts'

const text = (value: string, ...citations: Fields[]): Fields => ({
  type: 'text',
  text: value,
  ...(citations.length === 0 ? {} : { citations }),
})
const thinking = (value: string, signature: string): Fields => ({ type: 'thinking', thinking: value, signature })
const toolUse = (id: string, name: string, input: Fields): Fields => ({ type: 'tool_use', id, name, input })
const SERVER_STEPS: readonly Fields[] = [
  { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
  {
    type: 'web_search_tool_result',
    tool_use_id: 'srvtoolu_1',
    content: [{ type: 'web_search_result', url: 'https://a.test', title: 'A', encrypted_content: 'e', page_age: null }],
  },
  { type: 'server_tool_use', id: 'srvtoolu_2', name: 'web_fetch', input: { url: 'https://a.test' } },
  {
    type: 'web_fetch_tool_result',
    tool_use_id: 'srvtoolu_2',
    content: { type: 'web_fetch_tool_result_error', error_code: 'unavailable' },
  },
  { type: 'server_tool_use', id: 'srvtoolu_3', name: 'bash_code_execution', input: { command: 'ls' } },
  {
    type: 'bash_code_execution_tool_result',
    tool_use_id: 'srvtoolu_3',
    content: { type: 'bash_code_execution_result', stdout: 'a', stderr: '', return_code: 0, content: [] },
  },
  { type: 'mcp_tool_use', id: 'mcptoolu_1', name: 'x', server_name: 's', input: { a: 1 } },
  { type: 'mcp_tool_result', tool_use_id: 'mcptoolu_1', is_error: false, content: [{ type: 'text', text: 'y' }] },
  { type: 'container_upload', file_id: 'file_1' },
]
const WEB = {
  type: 'web_search_result_location',
  url: 'https://a.test',
  title: 'A',
  cited_text: 'so',
  encrypted_index: 'e',
}
const PLACES: readonly Fields[] = [
  {
    type: 'char_location',
    cited_text: 'a',
    document_index: 0,
    document_title: null,
    start_char_index: 0,
    end_char_index: 1,
  },
  {
    type: 'page_location',
    cited_text: 'a',
    document_index: 0,
    document_title: 'D',
    start_page_number: 1,
    end_page_number: 2,
  },
  {
    type: 'content_block_location',
    cited_text: 'a',
    document_index: 0,
    document_title: 'D',
    start_block_index: 0,
    end_block_index: 1,
  },
  {
    type: 'search_result_location',
    cited_text: 'a',
    search_result_index: 0,
    source: 'https://b.test',
    title: 'B',
    start_block_index: 0,
    end_block_index: 1,
  },
]

export const messagesCases: readonly Case[] = [
  ['unicode', messageStream([text(WORDS)])],
  ['the same whole', messageBody([text(WORDS)])],
  [
    'thinking, text, parallel calls',
    messageStream(
      [
        thinking('Hm.\nSo 🙂', 'sig+/='),
        text('I look. '),
        toolUse('toolu_1', 'read', { p: 'é🙂' }),
        toolUse('toolu_2', 'write', JSON.parse(LONG) as Fields),
      ],
      { stop_reason: 'tool_use' },
    ),
  ],
  [
    'thinking between calls',
    messageStream(
      [
        thinking('One.', 'sig1'),
        toolUse('toolu_1', 'read', {}),
        thinking('Two.', 'sig2'),
        toolUse('toolu_2', 'read', { p: 1 }),
      ],
      { stop_reason: 'tool_use' },
    ),
  ],
  ['thinking that is not shown', messageStream([thinking('', 'sig'), text('Hi')])],
  [
    'redacted thinking',
    messageStream([{ type: 'redacted_thinking', data: 'DATA' }, thinking('Hm.', 'sig'), text('Hi')]),
  ],
  [
    'the same whole, twice',
    messageBody([{ type: 'redacted_thinking', data: 'D1' }, { type: 'redacted_thinking', data: 'D2' }, text('Hi')]),
  ],
  ['a call without arguments', messageBody([toolUse('toolu_1', 'read', {})], { stop_reason: 'tool_use' })],
  [
    'text, a call, text',
    messageStream([text('Before. '), toolUse('toolu_1', 'read', { p: 1 }), text('After.')], {
      stop_reason: 'tool_use',
    }),
  ],
  [
    'a call cut in its arguments',
    messageStream([toolUse('toolu_1', 'read', { p: 'abcdefgh' })], { stop_reason: 'max_tokens' }).replace(
      /event: content_block_delta\ndata: [^\n]*gh\\"}[^\n]*\n\n/,
      '',
    ),
    { calls: 'cut' },
  ],
  ['no room', messageStream([text('It is')], { stop_reason: 'max_tokens' })],
  ['no room in the window', messageBody([text('It is')], { stop_reason: 'model_context_window_exceeded' })],
  ['a pause', messageStream([text('Let me '), ...SERVER_STEPS.slice(0, 2)], { stop_reason: 'pause_turn' })],
  ['a stop sequence', messageStream([text('One')], { stop_reason: 'stop_sequence', stop_sequence: '\n\n' })],
  ['a refusal', messageStream([text('It beg')], { stop_reason: 'refusal' })],
  [
    'a refusal that is explained',
    messageStream([], {
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', category: 'cyber', explanation: 'It is dangerous.' },
    }),
  ],
  ['steps of hosted tools', messageStream([text('I search. '), ...SERVER_STEPS, text('Found.')])],
  ['the same whole', messageBody([text('I search. '), ...SERVER_STEPS, text('Found.')])],
  ['web citations', messageStream([text('As '), text('it is so', WEB), text('.')])],
  ['citations of all kinds, whole', messageBody([text('As '), text('it is so', ...PLACES, WEB)])],
  ['nothing', messageStream([])],
  ['an empty text', messageBody([text('')])],
  [
    'a call id of another server',
    messageBody([toolUse('functions.read:0', 'read', { p: 1 })], { stop_reason: 'tool_use' }),
  ],
  [
    'counts of server tools and thinking',
    messageBody([text('Hi')], {
      usage: {
        ...messageUsage,
        server_tool_use: { web_search_requests: 2 },
        output_tokens_details: { thinking_tokens: 5 },
      },
    }),
  ],
  [
    'null counts',
    messageBody([text('Hi')], {
      usage: { ...messageUsage, cache_creation_input_tokens: null, cache_read_input_tokens: null },
    }),
  ],
  [
    'unknown events and blocks',
    messageStream([{ type: 'advisor_note', x: 1 }, text('Hi')]).replace(
      'event: ping',
      'event: novelty\ndata: {"type":"novelty"}\n\nevent: ping',
    ),
  ],
  [
    'a container and context management',
    messageBody([text('Hi')], { container: { id: 'c', expires_at: 'x' }, context_management: { applied_edits: [] } }),
  ],
]
